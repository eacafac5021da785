/* The yardstick of `./dev bench links` and `flow`: the least a C program on OpenSSL pays for N idle mutual TLS 1.3 links, how fast it accepts
 * them, and how fast a block gets to all of them and an answer back.
 *
 * Server: raw_links server PORT CERT KEY        prints "ready", then serves until it is killed; epoll, non-blocking, released buffers,
 *                                               no tickets, a verify callback that hashes the peer's SPKI (what a pin check costs).
 * Client: raw_links client PORT CERT KEY N W    opens N links, W handshakes in flight, each finished by one byte from the server; prints
 *                                               "connected N SECONDS CPU_SECONDS" and keeps them until standard input ends;
 *                                               answers every 4096 bytes with one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct link {
  int fd;
  SSL* ssl;
  int up;
  int got; /* bytes of the block that is coming in */
};

#define BLOCK 4096

static void die(const char* what) {
  perror(what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static int pin_check(X509_STORE_CTX* store, void* arg) {
  (void)arg;
  X509* certificate = X509_STORE_CTX_get0_cert(store);
  unsigned char* spki = NULL;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
  unsigned char digest[32];
  unsigned int size = 0;
  if (length <= 0 || !EVP_Digest(spki, (size_t)length, digest, &size, EVP_sha256(), NULL)) return 0;
  OPENSSL_free(spki);
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

static SSL_CTX* make_context(const char* certificate, const char* key) {
  SSL_CTX* context = SSL_CTX_new(TLS_method());
  if (!context) die("SSL_CTX_new");
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set1_groups_list(context, "X25519:P-256");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_CTX_set_cert_verify_callback(context, pin_check, NULL);
  if (SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) != 1) die(certificate);
  if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) die(key);
  return context;
}

static void prepare(int fd) {
  const int one = 1;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "send" on standard input: a block to every link; "acknowledged LINKS SECONDS" once each has answered one byte, with the clock
   that monotonic clocks of other processes show, too. */
#define MOST_LINKS 20000
static struct link* links[MOST_LINKS];
static int link_count;
static int acknowledged;

static void send_all(void) {
  static char line[64];
  static char block[BLOCK];
  if (!fgets(line, sizeof line, stdin)) exit(0);
  if (strcmp(line, "send\n")) die("command");
  acknowledged = 0;
  for (int i = 0; i < link_count; ++i) {
    if (SSL_write(links[i]->ssl, block, BLOCK) != BLOCK) die("write");
  }
}

static void serve(int port, SSL_CTX* context) {
  const int one = 1;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) || listen(listener, 4096)) die("listen");
  const int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  static struct link input;
  event.data.ptr = &input;
  epoll_ctl(poll, EPOLL_CTL_ADD, 0, &event);
  puts("ready");
  fflush(stdout);
  struct epoll_event events[256];
  for (;;) {
    const int n = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < n; ++i) {
      struct link* link = events[i].data.ptr;
      if (link == &input) {
        send_all();
        continue;
      }
      if (!link) {
        for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
          prepare(fd);
          link = calloc(1, sizeof *link);
          link->fd = fd;
          link->ssl = SSL_new(context);
          SSL_set_fd(link->ssl, fd);
          SSL_set_accept_state(link->ssl);
          event.events = EPOLLIN;
          event.data.ptr = link;
          epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        }
        continue;
      }
      ERR_clear_error();
      char buffer[1024];
      int result = link->up ? SSL_read(link->ssl, buffer, sizeof buffer) : SSL_do_handshake(link->ssl);
      if (result > 0 && link->up && ++acknowledged == link_count) {
        printf("acknowledged %d %.6f\n", link_count, seconds());
        fflush(stdout);
      }
      if (result == 1 && !link->up) {
        link->up = 1;
        if (link_count < MOST_LINKS) links[link_count++] = link;
        result = SSL_write(link->ssl, "x", 1);
      }
      const int why = result > 0 ? SSL_ERROR_NONE : SSL_get_error(link->ssl, result);
      if (why != SSL_ERROR_NONE && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        close(link->fd);
        SSL_free(link->ssl);
        free(link);
      }
    }
  }
}

static void open_one(int poll, int port, SSL_CTX* context) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct link* link = calloc(1, sizeof *link);
  link->fd = socket(AF_INET, SOCK_STREAM, 0);
  prepare(link->fd);
  if (connect(link->fd, (struct sockaddr*)&address, sizeof address) && errno != EINPROGRESS) die("connect");
  link->ssl = SSL_new(context);
  SSL_set_fd(link->ssl, link->fd);
  SSL_set_connect_state(link->ssl);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = link};
  epoll_ctl(poll, EPOLL_CTL_ADD, link->fd, &event);
}

/* One byte for every block of the server's, until standard input ends. */
static void answer(int poll) {
  struct epoll_event events[256];
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poll, EPOLL_CTL_ADD, 0, &input);
  for (;;) {
    const int n = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < n; ++i) {
      struct link* link = events[i].data.ptr;
      if (!link) {
        if (getchar() == EOF) return;
        continue;
      }
      char buffer[16384];
      for (int got; (got = SSL_read(link->ssl, buffer, sizeof buffer)) > 0;) {
        link->got += got;
        if (link->got < BLOCK) continue;
        link->got = 0;
        SSL_write(link->ssl, "a", 1);
      }
    }
  }
}

static void dial(int port, SSL_CTX* context, int wanted, int window) {
  const int poll = epoll_create1(0);
  struct epoll_event events[256];
  const double start = seconds();
  int opened = 0;
  int done = 0;
  while (done < wanted) {
    while (opened < wanted && opened - done < window) {
      open_one(poll, port, context);
      ++opened;
    }
    const int n = epoll_wait(poll, events, 256, 5000);
    if (n == 0) die("no progress");
    for (int i = 0; i < n; ++i) {
      struct link* link = events[i].data.ptr;
      if (link->up) continue;
      ERR_clear_error();
      char byte;
      const int result = SSL_read(link->ssl, &byte, 1);
      const int why = SSL_get_error(link->ssl, result);
      if (result == 1) {
        link->up = 1;
        ++done;
      } else if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        die("handshake");
      }
    }
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("connected %d %.3f %.3f\n", done, seconds() - start,
         (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
  fflush(stdout);
  answer(poll);
}

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc == 5 && !strcmp(argv[1], "server")) {
    serve(atoi(argv[2]), make_context(argv[3], argv[4]));
  } else if (argc == 7 && !strcmp(argv[1], "client")) {
    dial(atoi(argv[2]), make_context(argv[3], argv[4]), atoi(argv[5]), atoi(argv[6]));
  } else {
    fprintf(stderr, "usage: raw_links server PORT CERT KEY | raw_links client PORT CERT KEY LINKS IN_FLIGHT\n");
    return 2;
  }
  return 0;
}
