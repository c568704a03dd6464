#ifndef C_LOOPBACK_PORT_H
#define C_LOOPBACK_PORT_H

#include <stdint.h>

/// Takes `port` of 127.0.0.1, and hands it to the next socket for which the calling thread asks for any port of that
/// address.
///
/// librdkafka's mock broker always lets the system choose its port and offers no setting for it, but services need an
/// address that survives a restart of the broker. So this executable, and no other, defines `bind`; the dynamic linker
/// prefers it to the C library's, and it passes every other call on. Taking the port beforehand also reports one that
/// is in use: the mock broker of librdkafka 2.0.2 fails an assertion then. And it turns off Nagle's algorithm, which
/// the mock broker leaves on: with it, a batch for several partitions takes 40 ms instead of 1.
///
/// Returns 0, or the `errno` of the call that failed.
int loopback_port_reserve(uint16_t port);

#endif
