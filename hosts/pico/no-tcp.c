/*
 * No node speaks TCP: what nobody can reach needs no defence, and lwIP's part of it takes 17 KB of flash. The SDK's socket is built
 * with it, and lwIP's core calls it; the linker puts these functions in place of lwIP's, so that it leaves the rest out.
 */

#include "lwip/pbuf.h"
#include "lwip/tcp.h"
#include "lwip/priv/tcp_priv.h"

struct tcp_pcb* __wrap_tcp_new(void);
void __wrap_tcp_input(struct pbuf* packet, struct netif* netif);
void __wrap_tcp_tmr(void);
void __wrap_tcp_free_ooseq(struct tcp_pcb* pcb);
void __wrap_tcp_netif_ip_addr_changed(const ip_addr_t* before, const ip_addr_t* now);
void __wrap_tcp_abort(struct tcp_pcb* pcb);
void __wrap_tcp_accept(struct tcp_pcb* pcb, tcp_accept_fn accept);
void __wrap_tcp_arg(struct tcp_pcb* pcb, void* argument);
err_t __wrap_tcp_bind(struct tcp_pcb* pcb, const ip_addr_t* address, u16_t port);
err_t __wrap_tcp_close(struct tcp_pcb* pcb);
err_t __wrap_tcp_connect(struct tcp_pcb* pcb, const ip_addr_t* address, u16_t port, tcp_connected_fn connected);
void __wrap_tcp_err(struct tcp_pcb* pcb, tcp_err_fn failed);
struct tcp_pcb* __wrap_tcp_listen_with_backlog(struct tcp_pcb* pcb, u8_t backlog);
err_t __wrap_tcp_output(struct tcp_pcb* pcb);
void __wrap_tcp_recv(struct tcp_pcb* pcb, tcp_recv_fn received);
void __wrap_tcp_recved(struct tcp_pcb* pcb, u16_t length);
void __wrap_tcp_sent(struct tcp_pcb* pcb, tcp_sent_fn sent);
err_t __wrap_tcp_write(struct tcp_pcb* pcb, const void* data, u16_t length, u8_t flags);

/* The socket throws then: it never has one to call the others with. */
struct tcp_pcb* __wrap_tcp_new(void)
{
	return NULL;
}

/* A segment is dropped, as if the port were shut by a firewall. */
void __wrap_tcp_input(struct pbuf* packet, struct netif* netif)
{
	(void)netif;
	pbuf_free(packet);
}

void __wrap_tcp_tmr(void)
{
}

void __wrap_tcp_free_ooseq(struct tcp_pcb* pcb)
{
	(void)pcb;
}

void __wrap_tcp_netif_ip_addr_changed(const ip_addr_t* before, const ip_addr_t* now)
{
	(void)before, (void)now;
}

void __wrap_tcp_abort(struct tcp_pcb* pcb)
{
	(void)pcb;
}

void __wrap_tcp_accept(struct tcp_pcb* pcb, tcp_accept_fn accept)
{
	(void)pcb, (void)accept;
}

void __wrap_tcp_arg(struct tcp_pcb* pcb, void* argument)
{
	(void)pcb, (void)argument;
}

err_t __wrap_tcp_bind(struct tcp_pcb* pcb, const ip_addr_t* address, u16_t port)
{
	(void)pcb, (void)address, (void)port;
	return ERR_VAL;
}

err_t __wrap_tcp_close(struct tcp_pcb* pcb)
{
	(void)pcb;
	return ERR_OK;
}

err_t __wrap_tcp_connect(struct tcp_pcb* pcb, const ip_addr_t* address, u16_t port, tcp_connected_fn connected)
{
	(void)pcb, (void)address, (void)port, (void)connected;
	return ERR_VAL;
}

void __wrap_tcp_err(struct tcp_pcb* pcb, tcp_err_fn failed)
{
	(void)pcb, (void)failed;
}

struct tcp_pcb* __wrap_tcp_listen_with_backlog(struct tcp_pcb* pcb, u8_t backlog)
{
	(void)pcb, (void)backlog;
	return NULL;
}

err_t __wrap_tcp_output(struct tcp_pcb* pcb)
{
	(void)pcb;
	return ERR_VAL;
}

void __wrap_tcp_recv(struct tcp_pcb* pcb, tcp_recv_fn received)
{
	(void)pcb, (void)received;
}

void __wrap_tcp_recved(struct tcp_pcb* pcb, u16_t length)
{
	(void)pcb, (void)length;
}

void __wrap_tcp_sent(struct tcp_pcb* pcb, tcp_sent_fn sent)
{
	(void)pcb, (void)sent;
}

err_t __wrap_tcp_write(struct tcp_pcb* pcb, const void* data, u16_t length, u8_t flags)
{
	(void)pcb, (void)data, (void)length, (void)flags;
	return ERR_VAL;
}
