/* worktree.h - git's commands work anywhere inside a repository; ours take its top folder. */
#ifndef WORKTREE_H
#define WORKTREE_H

/* The nearest folder above the folder `path` that is a repository or has a .git, and which of the
 * two it is: "the work tree /a/b". To be freed; NULL if there is none, or it cannot be told. */
char *repository_above(const char *path);

#endif
