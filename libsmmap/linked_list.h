/* linked_list.h - doubly linked lists whose links lie inside their members: O(1) in and out. */
#ifndef SMM_LINKED_LIST_H
#define SMM_LINKED_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A list's head is a link too, without an owner. A link that is on no list has next NULL. */
struct smm_link {
    struct smm_link *next;
    struct smm_link *before;
    void *owner;
};

static inline void smm_list_make(struct smm_link *head)
{
    head->next = head->before = head;
    head->owner = NULL;
}

static inline bool smm_list_on(const struct smm_link *link)
{
    return link->next != NULL;
}

static inline bool smm_list_empty(const struct smm_link *head)
{
    return head->next == head;
}

/* At the end: the newest. */
static inline void smm_list_append(struct smm_link *head, struct smm_link *link, void *owner)
{
    link->owner = owner;
    link->next = head;
    link->before = head->before;
    head->before->next = link;
    head->before = link;
}

static inline void smm_list_remove(struct smm_link *link)
{
    link->before->next = link->next;
    link->next->before = link->before;
    link->next = link->before = NULL;
}

/* The first owner: the oldest; NULL when empty. */
static inline void *smm_list_first(const struct smm_link *head)
{
    return head->next->owner;
}

#endif
