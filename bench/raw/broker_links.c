/* Subscribers and publishers of a broker, in one lean loop, so that `./dev bench flow` measures the broker and not its clients: NATS (its
 * text protocol, TLS behind the greeting) or MQTT 3.1.1 (TLS from the first byte), each link mutually authenticated over TLS 1.3.
 *
 * broker_links nats|mqtt CERT KEY subscribe PORT LINKS IN_FLIGHT PUBLISHER_PORT
 *     LINKS subscribers, and one publisher at PUBLISHER_PORT (the same broker, or another one that passes on to it). "send BYTES" on
 *     standard input publishes one message; "delivered LINKS SECONDS" when every subscriber has it.
 * broker_links nats|mqtt CERT KEY publish PORT LINKS IN_FLIGHT
 *     LINKS publishers. "send EVENTS BYTES": each publishes so many, at most WINDOW of them unconfirmed; "stored EVENTS SECONDS" when all
 *     are confirmed. NATS: into a JetStream stream on files, which the first link makes. MQTT: QoS 1, and a subscriber with QoS 1 has
 *     received and confirmed them all.
 *
 * Prints "connected LINKS SECONDS" when everybody is subscribed. SECONDS of the others are on the monotonic clock that other processes
 * read too. Ends with its input; whatever it does not expect ends it with a message.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WINDOW 256
#define MOST_BYTES 8192  /* of a message */
#define HELD 20480       /* bytes that came in and are not parsed yet: the largest message, and a TLS record */

enum role { SUBSCRIBER, PUBLISHER };

struct link {
  int fd, number, up, wants_tls; /* wants_tls: NATS greets before the handshake */
  enum role role;
  SSL* ssl;
  char in[HELD];
  size_t in_size;
  char* out;
  size_t out_size, out_room;
  long unsent, unconfirmed;
};

static int is_nats, qos, poll_fd;
static SSL_CTX* context;
static struct link** links;
static int link_count, up_count, stream_made;
static long expected, arrived, confirmed; /* of what was sent last */
static size_t message_bytes;
static char message[MOST_BYTES];

static void die(const char* what) {
  perror(what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static void refused(const char* what, const char* text, size_t size) {
  fprintf(stderr, "broker_links: %s: %.*s\n", what, (int)(size < 300 ? size : 300), text);
  exit(1);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The broker is one that the bench started a moment ago: who it is was decided by its port. */
static int any_broker(X509_STORE_CTX* store, void* arg) {
  (void)arg;
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

static SSL_CTX* make_context(const char* certificate, const char* key) {
  SSL_CTX* made = SSL_CTX_new(TLS_client_method());
  if (!made) die("SSL_CTX_new");
  SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION);
  SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set1_groups_list(made, "X25519:P-256");
  SSL_CTX_set_verify(made, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cert_verify_callback(made, any_broker, NULL);
  if (SSL_CTX_use_certificate_file(made, certificate, SSL_FILETYPE_PEM) != 1) die(certificate);
  if (SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) != 1) die(key);
  return made;
}

/* What is sent waits in `out` until the end of a turn, so that many small messages share a TLS record. */
static void put(struct link* link, const void* bytes, size_t size) {
  if (link->out_size + size > link->out_room) {
    link->out_room = (link->out_size + size) * 2;
    link->out = realloc(link->out, link->out_room);
    if (!link->out) die("memory");
  }
  memcpy(link->out + link->out_size, bytes, size);
  link->out_size += size;
}

static void put_text(struct link* link, const char* text) { put(link, text, strlen(text)); }

static void flush(struct link* link) {
  size_t done = 0;
  while (done < link->out_size) {
    ERR_clear_error();
    const size_t rest = link->out_size - done;
    const int wrote = SSL_write(link->ssl, link->out + done, (int)(rest > 65536 ? 65536 : rest));
    if (wrote <= 0) {
      const int why = SSL_get_error(link->ssl, wrote);
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) die("write");
      break;
    }
    done += (size_t)wrote;
  }
  memmove(link->out, link->out + done, link->out_size - done);
  link->out_size -= done;
}

static void mqtt_packet(struct link* link, unsigned char type, const void* head, size_t head_size, const void* body, size_t size) {
  unsigned char bytes[8] = {type};
  size_t used = 1;
  size_t length = head_size + size;
  do {
    bytes[used++] = (unsigned char)((length & 127) | (length > 127 ? 128 : 0));
    length >>= 7;
  } while (length > 0);
  put(link, bytes, used);
  put(link, head, head_size);
  put(link, body, size);
}

static void publish(struct link* link) {
  static unsigned short packet;
  if (is_nats) {
    char head[64];
    char inbox[24] = "";
    if (qos) snprintf(inbox, sizeof inbox, "_IN.%d ", link->number);
    put(link, head, (size_t)snprintf(head, sizeof head, "PUB bench %s%zu\r\n", inbox, message_bytes));
    put(link, message, message_bytes);
    put(link, "\r\n", 2);
    return;
  }
  if (++packet == 0) packet = 1;
  const char head[] = {0, 5, 'b', 'e', 'n', 'c', 'h', (char)(packet >> 8), (char)(packet & 255)};
  mqtt_packet(link, qos ? 0x32 : 0x30, head, qos ? 9 : 7, message, message_bytes);
}

static void send_more(struct link* link) {
  for (; link->unsent > 0 && link->unconfirmed < WINDOW; --link->unsent) {
    publish(link);
    if (qos) ++link->unconfirmed;
  }
}

static void came_up(struct link* link) {
  link->up = 1;
  ++up_count;
}

static void check_end(void) {
  if (!expected || arrived < expected || (qos && confirmed < expected)) return;
  printf("%s %ld %.6f\n", qos ? "stored" : "delivered", expected, seconds());
  fflush(stdout);
  expected = 0;
}

static void was_confirmed(struct link* link) {
  --link->unconfirmed;
  ++confirmed;
  send_more(link);
}

/* The words that make a link ready, behind the handshake. */
static void introduce(struct link* link) {
  char text[512];
  if (is_nats) {
    put_text(link, "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":true,\"lang\":\"c\",\"version\":\"1\",\"name\":\"bench\"}\r\n");
    if (link->role == SUBSCRIBER) put_text(link, "SUB bench 1\r\n");
    if (link->role == PUBLISHER && qos) put(link, text, (size_t)snprintf(text, sizeof text, "SUB _IN.%d 1\r\n", link->number));
    put_text(link, "PING\r\n");
    return;
  }
  const char head[] = {0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0}; /* clean session, no keep-alive */
  const int size = snprintf(text + 2, sizeof text - 2, "bench-%d-%d", (int)getpid(), link->number);
  text[0] = 0;
  text[1] = (char)size;
  mqtt_packet(link, 0x10, head, sizeof head, text, (size_t)size + 2);
}

static void make_stream(struct link* link) {
  static const char wanted[] =
      "{\"name\":\"BENCH\",\"subjects\":[\"bench\"],\"retention\":\"limits\",\"storage\":\"file\",\"discard\":\"old\",\"num_replicas\":1,"
      "\"max_consumers\":-1,\"max_msgs\":-1,\"max_bytes\":-1,\"max_age\":0,\"max_msg_size\":-1}";
  char head[96];
  put(link, head, (size_t)snprintf(head, sizeof head, "PUB $JS.API.STREAM.CREATE.BENCH _IN.%d %zu\r\n", link->number, sizeof wanted - 1));
  put_text(link, wanted);
  put(link, "\r\n", 2);
}

static void nats_message(struct link* link, const char* body, size_t size) {
  if (link->role == SUBSCRIBER) {
    if (size == message_bytes) ++arrived;
    return;
  }
  if (memmem(body, size, "\"error\"", 7)) refused("JetStream", body, size);
  if (stream_made) {
    ++arrived; /* a stream's confirmation says that it is stored */
    was_confirmed(link);
    return;
  }
  stream_made = 1;
  came_up(link);
}

/* One command of `size` bytes at most; how many it took, 0 while it is not whole. */
static size_t nats_take(struct link* link, const char* text, size_t size) {
  const char* end = memmem(text, size, "\r\n", 2);
  if (!end) return 0;
  const size_t line = (size_t)(end - text) + 2;
  if (!strncmp(text, "MSG ", 4)) {
    const char* number = end;
    while (number[-1] != ' ') --number;
    const size_t body = strtoul(number, NULL, 10);
    if (size < line + body + 2) return 0;
    nats_message(link, text + line, body);
    return line + body + 2;
  }
  if (!strncmp(text, "PING", 4)) put_text(link, "PONG\r\n");
  if (!strncmp(text, "-ERR", 4)) refused("NATS", text, line);
  if (!strncmp(text, "PONG", 4) && !link->up) {
    if (qos && link->number == 0 && link->role == PUBLISHER) make_stream(link);
    else came_up(link);
  }
  return line;
}

static void mqtt_message(struct link* link, const unsigned char* packet, const unsigned char* rest, size_t size) {
  const size_t topic = (size_t)rest[0] * 256 + rest[1];
  const int confirm = (packet[0] >> 1) & 3;
  if (size - topic - 2 - (confirm ? 2 : 0) == message_bytes) ++arrived;
  if (confirm) mqtt_packet(link, 0x40, rest + 2 + topic, 2, "", 0);
}

static size_t mqtt_take(struct link* link, const char* text, size_t size) {
  const unsigned char* packet = (const unsigned char*)text;
  size_t length = 0;
  size_t used = 1;
  for (int shift = 0;; shift += 7) {
    if (used >= size) return 0;
    length |= (size_t)(packet[used] & 127) << shift;
    if (!(packet[used++] & 128)) break;
  }
  if (size < used + length) return 0;
  const unsigned char* rest = packet + used;
  switch (packet[0] >> 4) {
    case 2: /* CONNACK */
      if (length != 2 || rest[1]) refused("MQTT", "the broker refused the connection", 33);
      if (link->role == SUBSCRIBER) {
        const char filter[] = {0, 1, 0, 5, 'b', 'e', 'n', 'c', 'h', (char)qos};
        mqtt_packet(link, 0x82, filter, sizeof filter, "", 0);
      } else {
        came_up(link);
      }
      break;
    case 3: mqtt_message(link, packet, rest, length); break;
    case 4: was_confirmed(link); break;
    case 9: /* SUBACK */
      if (rest[2] != qos) refused("MQTT", "the broker refused the subscription", 35);
      came_up(link);
      break;
    default: refused("MQTT", "a packet that nobody asked for", 30);
  }
  return used + length;
}

static void parse(struct link* link) {
  size_t done = 0;
  while (done < link->in_size) {
    const size_t took = is_nats ? nats_take(link, link->in + done, link->in_size - done) : mqtt_take(link, link->in + done, link->in_size - done);
    if (took == 0) break;
    done += took;
  }
  memmove(link->in, link->in + done, link->in_size - done);
  link->in_size -= done;
  if (link->in_size == HELD) refused("a message is too long", "", 0);
}

static void begin_tls(struct link* link) {
  link->ssl = SSL_new(context);
  SSL_set_fd(link->ssl, link->fd);
  SSL_set_connect_state(link->ssl);
  introduce(link); /* OpenSSL shakes hands before it writes the first byte */
}

static int greeted(struct link* link) {
  const ssize_t got = recv(link->fd, link->in + link->in_size, HELD - link->in_size, 0);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
  if (got <= 0) die("greeting");
  link->in_size += (size_t)got;
  if (!memmem(link->in, link->in_size, "\r\n", 2)) return 0;
  link->in_size = 0;
  link->wants_tls = 0;
  begin_tls(link);
  return 1;
}

static void turn(struct link* link) {
  if (link->wants_tls && !greeted(link)) return;
  flush(link);
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(link->ssl, link->in + link->in_size, (int)(HELD - link->in_size));
    if (got <= 0) {
      const int why = SSL_get_error(link->ssl, got);
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) die("read: the broker ended a connection");
      break;
    }
    link->in_size += (size_t)got;
    parse(link);
  }
  flush(link);
  check_end();
}

static struct link* dial(int port, enum role role) {
  const int one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct link* link = calloc(1, sizeof *link);
  if (!link) die("memory");
  link->role = role;
  link->number = link_count;
  links[link_count++] = link;
  link->fd = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(link->fd, F_SETFL, fcntl(link->fd, F_GETFL) | O_NONBLOCK);
  setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(link->fd, (struct sockaddr*)&address, sizeof address) && errno != EINPROGRESS) die("connect");
  link->wants_tls = is_nats;
  if (!is_nats) begin_tls(link);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = link};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, link->fd, &event);
  return link;
}

static int wait_once(int milliseconds) {
  struct epoll_event events[256];
  const int n = epoll_wait(poll_fd, events, 256, milliseconds);
  int commanded = 0;
  for (int i = 0; i < n; ++i) {
    if (events[i].data.ptr) turn(events[i].data.ptr);
    else commanded = 1;
  }
  if (n == 0 && milliseconds >= 0) refused("no progress", "nobody answers", 14);
  return commanded;
}

static void open_links(int port, int wanted, int window, enum role role) {
  const int before = up_count;
  for (int opened = 0; up_count - before < wanted;) {
    for (; opened < wanted && opened - (up_count - before) < window; ++opened) dial(port, role);
    wait_once(20000);
  }
}

/* A command from standard input; 0 at its end. */
static int obey(void) {
  static char line[128];
  long events = 1;
  unsigned long bytes = 0;
  if (!fgets(line, sizeof line, stdin)) return 0;
  const int read = qos ? sscanf(line, "send %ld %lu", &events, &bytes) == 2 : sscanf(line, "send %lu", &bytes) == 1;
  if (!read || bytes == 0 || bytes > MOST_BYTES || events < 1) refused("command", line, strlen(line));
  message_bytes = bytes;
  long publishers = 0;
  for (int i = 0; i < link_count; ++i) publishers += links[i]->role == PUBLISHER;
  expected = qos ? publishers * events : link_count - publishers;
  arrived = confirmed = 0;
  for (int i = 0; i < link_count; ++i) {
    if (links[i]->role != PUBLISHER) continue;
    links[i]->unsent = events;
    send_more(links[i]);
    flush(links[i]);
  }
  return 1;
}

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  const int subscribes = argc == 9 && !strcmp(argv[4], "subscribe");
  if ((!subscribes && (argc != 8 || strcmp(argv[4], "publish"))) || (strcmp(argv[1], "nats") && strcmp(argv[1], "mqtt"))) {
    fprintf(stderr, "usage: broker_links nats|mqtt CERT KEY subscribe PORT LINKS IN_FLIGHT PUBLISHER_PORT | … publish PORT LINKS IN_FLIGHT\n");
    return 2;
  }
  is_nats = !strcmp(argv[1], "nats");
  qos = subscribes ? 0 : 1;
  context = make_context(argv[2], argv[3]);
  poll_fd = epoll_create1(0);
  memset(message, 'x', sizeof message);
  const int port = atoi(argv[5]);
  const int wanted = atoi(argv[6]);
  links = calloc((size_t)wanted + 2, sizeof *links);
  const double start = seconds();
  open_links(port, wanted, atoi(argv[7]), subscribes ? SUBSCRIBER : PUBLISHER);
  if (subscribes) open_links(atoi(argv[8]), 1, 1, PUBLISHER);
  if (!subscribes && !is_nats) open_links(port, 1, 1, SUBSCRIBER);
  printf("connected %d %.3f\n", wanted, seconds() - start);
  fflush(stdout);
  setvbuf(stdin, NULL, _IONBF, 0);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &input);
  for (;;) {
    if (wait_once(-1) && !obey()) return 0;
  }
}
