#define _GNU_SOURCE
#include "CLoopbackPort.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Per thread, so that listeners made at the same time elsewhere do not take it.
static _Thread_local int reserved = -1;

static int bind_with_kernel(int socket, const struct sockaddr *address, socklen_t length) {
    // The raw call, because `bind` is the function below.
    return (int)syscall(SYS_bind, socket, address, length);
}

int loopback_port_reserve(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) return errno;
    // A broker that restarts must not wait for its old connections to leave TIME_WAIT.
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    // Accepted connections inherit it. Without it each second answer waits 40 ms for a delayed ACK.
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (bind_with_kernel(listener, (const struct sockaddr *)&address, sizeof address) != 0) {
        int failure = errno;
        close(listener);
        return failure;
    }
    reserved = listener;
    return 0;
}

/// Takes the place of the C library's `bind`, see the header.
int bind(int socket, const struct sockaddr *address, socklen_t length) {
    struct sockaddr_in wanted;
    if (address->sa_family == AF_INET && length >= sizeof wanted) {
        memcpy(&wanted, address, sizeof wanted);
        if (wanted.sin_port == 0 && wanted.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
            if (reserved >= 0) {
                // From here on the caller's descriptor is the reserved socket.
                int result = dup3(reserved, socket, O_CLOEXEC);
                close(reserved);
                reserved = -1;
                return result < 0 ? -1 : 0;
            }
        }
    }
    return bind_with_kernel(socket, address, length);
}
