/* list.h - doubly linked lists whose links lie inside their members: O(1) in and out. */
#ifndef SMMAP_LIST_H
#define SMMAP_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A list's head is a link too, without an owner. A link that is on no list has next NULL. */
struct smmap_link {
    struct smmap_link *next;
    struct smmap_link *before;
    void *owner;
};

static inline void smmap_list_make(struct smmap_link *head)
{
    head->next = head->before = head;
    head->owner = NULL;
}

static inline bool smmap_list_on(const struct smmap_link *link)
{
    return link->next != NULL;
}

static inline bool smmap_list_empty(const struct smmap_link *head)
{
    return head->next == head;
}

/* At the end: the newest. */
static inline void smmap_list_append(struct smmap_link *head, struct smmap_link *link, void *owner)
{
    link->owner = owner;
    link->next = head;
    link->before = head->before;
    head->before->next = link;
    head->before = link;
}

static inline void smmap_list_remove(struct smmap_link *link)
{
    link->before->next = link->next;
    link->next->before = link->before;
    link->next = link->before = NULL;
}

/* The first owner: the oldest; NULL when empty. */
static inline void *smmap_list_first(const struct smmap_link *head)
{
    return head->next->owner;
}

#endif
