/* worktree.h - git's commands work anywhere inside a work tree; ours take its top folder. */
#ifndef WORKTREE_H
#define WORKTREE_H

/* The nearest folder above the folder `path` that has a .git, to be freed; NULL if there is none,
 * or it cannot be told. */
char *worktree_above(const char *path);

#endif
