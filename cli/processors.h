/* processors.h - how many processors this process may use. */
#ifndef PROCESSORS_H
#define PROCESSORS_H

/* Those that it may run on (taskset, cpusets), or fewer where its control group, as a container has
 * one, gives it less of their time. 1 at least. */
unsigned processors_usable(void);

#endif
