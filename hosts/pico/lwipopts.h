/* The SDK's settings of lwIP, but for what takes RAM that a node has no use for: each buffer of the pool has 1.5 KB. */

#include_next <lwipopts.h>

#ifndef PICO_LWIP_SETTINGS_H
#define PICO_LWIP_SETTINGS_H

/* The socket keeps six datagrams; beside them, what has just arrived. */
#undef PBUF_POOL_SIZE
#define PBUF_POOL_SIZE 12
/* No node sends more than fits a frame. Fragments, which anybody can send and never complete, would keep ten buffers. */
#define IP_REASSEMBLY 0

/* Nobody speaks TCP: see no-tcp.c. */
#undef MEMP_NUM_TCP_PCB
#define MEMP_NUM_TCP_PCB 1
#undef MEMP_NUM_TCP_PCB_LISTEN
#define MEMP_NUM_TCP_PCB_LISTEN 1

#endif
