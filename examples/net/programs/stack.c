/* SPDX-License-Identifier: BSD-2-Clause */
/* The network stack: lwIP between the driver's rings and a web page that tells how the system is.
 * One thread; it waits for packets and for the tick. */
#include "../shared.h"
#include <kit/print.h>
#include <kit/text.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

enum { HTTP_PORT = 80, MTU = 1500, PAGE_MOST = 3000, REQUEST_MOST = 100 };

static struct netif network;
static seL4_Word megahertz, boot_ms;
static seL4_Word requests, wakes;

/* ---- what lwIP asks of its system ------------------------------------------------------------ */

static seL4_Word timestamp(void)
{
    seL4_Uint32 low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (seL4_Word)high << 32 | low;
}

u32_t sys_now(void)
{
    return (u32_t)(timestamp() / (megahertz * 1000));
}

unsigned lwip_random(void)
{
    return (unsigned)(timestamp() * 2654435761u >> 8);
}

void lwip_say(const char *text)
{
    print("lwIP: %s\n", text);
}

long strtol(const char *text, char **end, int base);
int strncmp(const char *a, const char *b, size_t most);

int strncmp(const char *a, const char *b, size_t most)
{
    for (; most && *a && *a == *b; a++, b++)
        most--;
    return most ? (unsigned char)*a - (unsigned char)*b : 0;
}

/* lwIP numbers network interfaces in decimal. */
long strtol(const char *text, char **end, LIBSEL4_UNUSED int base)
{
    unsigned long number = 0;

    (void)text_number(text, &number);
    if (end)
        *end = NULL;
    return (long)number;
}

/* ---- the wire: the rings shared with the driver ---------------------------------------------- */

/* A packet that finds no room is lost; TCP sends it again. */
static err_t wire_send(struct netif *unused, struct pbuf *p)
{
    struct ring *r = &SHARED->to_send;
    struct packet *packet = &SHARED->packet_to_send[r->added % RING_PACKETS];

    (void)unused;
    if (p->tot_len > PACKET_BYTES || !ring_has_room(r))
        return ERR_MEM;
    packet->bytes = p->tot_len;
    (void)pbuf_copy_partial(p, packet->data, p->tot_len, 0);
    __asm__ volatile("" : : : "memory");
    r->added = r->added + 1;
    seL4_Signal(PEER);
    return ERR_OK;
}

static void wire_receive_one(const struct packet *packet)
{
    u16_t bytes = (u16_t)(packet->bytes < PACKET_BYTES ? packet->bytes : PACKET_BYTES);
    struct pbuf *p = pbuf_alloc(PBUF_RAW, bytes, PBUF_POOL);

    if (!p)
        return;
    (void)pbuf_take(p, packet->data, bytes);
    if (network.input(p, &network) != ERR_OK)
        (void)pbuf_free(p);
}

static void wire_receive(void)
{
    struct ring *r = &SHARED->received;

    while (ring_has_packet(r)) {
        wire_receive_one(&SHARED->received_packet[r->taken % RING_PACKETS]);
        r->taken = r->taken + 1;
    }
}

static err_t wire_start(struct netif *n)
{
    n->name[0] = 'e';
    n->name[1] = '0';
    n->mtu = MTU;
    n->hwaddr_len = ETH_HWADDR_LEN;
    n->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    n->output = etharp_output;
    n->linkoutput = wire_send;
    for (int i = 0; i < ETH_HWADDR_LEN; i++)
        n->hwaddr[i] = SHARED->address[i];
    return ERR_OK;
}

/* ---- the page -------------------------------------------------------------------------------- */

struct page {
    char text[PAGE_MOST];
    size_t length;
};

static void page_add(struct page *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void page_add(struct page *page, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    page->length += text_format(page->text + page->length, sizeof(page->text) - page->length,
                                format, values);
    va_end(values);
}

static void ask(seL4_Word label, seL4_Word words[STATUS_WORDS])
{
    (void)seL4_Call(PROGRAM_PARENT, seL4_MessageInfo_new(label, 0, 0, 0));
    for (int i = 0; i < STATUS_WORDS; i++)
        words[i] = seL4_GetMR(i);
}

/* Events per second, since the start. */
static seL4_Word rate(seL4_Word events)
{
    seL4_Word ms = sys_now() - boot_ms;

    return ms ? events * 1000 / ms : 0;
}

static void page_status(struct page *page)
{
    seL4_Word s[STATUS_WORDS];

    ask(ASK_STATUS, s);
    page_add(page, "Capella status\n\nup           %lu s\n", (sys_now() - boot_ms) / 1000);
    page_add(page, "requests     %lu\n\nthreads      priority  does\n", requests);
    page_add(page, "supervisor        255  keeps the others alive\n");
    page_add(page, "driver            200  virtio network device, started %lu times\n",
             s[STATUS_DRIVER_STARTS]);
    page_add(page, "stack             150  lwIP and this page\n\nIPC             total  per second\n");
    page_add(page, "calls      %10lu  %lu\n", s[STATUS_CALLS], rate(s[STATUS_CALLS]));
    page_add(page, "wakes      %10lu  %lu\n", wakes, rate(wakes));
    page_add(page, "interrupts %10lu  %lu\n", SHARED->interrupts, rate(SHARED->interrupts));
    page_add(page, "ticks      %10lu  %lu\n", s[STATUS_TICKS], rate(s[STATUS_TICKS]));
    page_add(page, "received   %10lu  packets\nsent       %10lu  packets\n",
             SHARED->packets_received, SHARED->packets_sent);
    page_add(page, "\nmemory       %lu KiB, %lu KiB used\n", s[STATUS_MEMORY_KIB],
             s[STATUS_USED_KIB]);
}

/* ---- HTTP: one request, one answer, the connection ends -------------------------------------- */

static err_t http_answer(struct tcp_pcb *connection, const char *request)
{
    static struct page page, whole;
    seL4_Word unused[STATUS_WORDS];
    const char *line = "200 OK";

    requests++;
    page.length = whole.length = 0;
    if (!strncmp(request, "GET / ", 6)) {
        page_status(&page);
    } else if (!strncmp(request, "GET /restart ", 13)) {
        ask(ASK_RESTART, unused);
        page_add(&page, "The driver has been killed; another one carried this answer.\n");
    } else {
        line = "404 Not Found";
        page_add(&page, "There are / and /restart here.\n");
    }
    page_add(&whole, "HTTP/1.0 %s\r\nContent-Type: text/plain\r\nContent-Length: %lu\r\n\r\n%s",
             line, page.length, page.text);
    (void)tcp_write(connection, whole.text, (u16_t)whole.length, TCP_WRITE_FLAG_COPY);
    (void)tcp_output(connection);
    return tcp_close(connection);
}

/* The request line is in the first segment, or it is no request for us.  Null: the peer is done. */
static err_t http_receive(void *unused, struct tcp_pcb *connection, struct pbuf *p, err_t error)
{
    char request[REQUEST_MOST];

    (void)unused;
    if (!p || error != ERR_OK) {
        if (p)
            (void)pbuf_free(p);
        return tcp_close(connection);
    }
    u16_t bytes = pbuf_copy_partial(p, request, sizeof(request) - 1, 0);
    request[bytes] = '\0';
    tcp_recved(connection, p->tot_len);
    (void)pbuf_free(p);
    tcp_recv(connection, NULL);
    return http_answer(connection, request);
}

static err_t http_accept(void *unused, struct tcp_pcb *connection, err_t error)
{
    (void)unused;
    if (error != ERR_OK || !connection)
        return ERR_VAL;
    tcp_recv(connection, http_receive);
    return ERR_OK;
}

static void http_start(void)
{
    struct tcp_pcb *listener = tcp_new();

    (void)tcp_bind(listener, IP_ADDR_ANY, HTTP_PORT);
    tcp_accept(tcp_listen_with_backlog(listener, 32), http_accept);
}

/* The addresses are those of QEMU's user networking. */
static void network_start(void)
{
    ip4_addr_t address, mask, gateway;
    seL4_Word status[STATUS_WORDS];

    ask(ASK_STATUS, status);
    megahertz = status[STATUS_MEGAHERTZ];
    boot_ms = sys_now();
    IP4_ADDR(&address, 10, 0, 2, 15);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 0, 2, 2);
    lwip_init();
    (void)netif_add(&network, &address, &mask, &gateway, NULL, wire_start, ethernet_input);
    netif_set_default(&network);
    netif_set_up(&network);
    http_start();
}

void program_main(void)
{
    network_start();
    print("stack: http://10.0.2.15/ is served\n");
    for (;;) {
        seL4_Word events;

        seL4_Wait(EVENTS, &events);
        wakes++;
        wire_receive();
        sys_check_timeouts();
    }
}
