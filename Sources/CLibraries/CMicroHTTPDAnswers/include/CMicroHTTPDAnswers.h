#ifndef C_MICRO_HTTPD_ANSWERS_H
#define C_MICRO_HTTPD_ANSWERS_H

struct MHD_Connection;
struct MHD_Response;

/// Called on the connection's thread with its socket, when libmicrohttpd wants to answer `status` by itself.
typedef void (*mhd_own_answer)(int descriptor, unsigned int status);

/// Gives the answers that libmicrohttpd makes up itself to `answer`, which writes another one to the socket and shuts
/// that down; libmicrohttpd then cannot send its own, and closes the connection.
///
/// It offers no setting for them, they are HTML, and 0.9.75 sends the header block twice when it refuses a
/// `Content-Length` or a missing `Host` (connection.c, MHD_connection_handle_idle: after parse_connection_headers it
/// goes on as if nothing had been answered). It queues its answers by its own public function, so this library defines
/// `MHD_queue_response`, which the dynamic linker prefers to libmicrohttpd's.
void mhd_give_own_answers_to(mhd_own_answer answer);

/// libmicrohttpd's `MHD_queue_response`, for answers that are ours.
int mhd_queue_response(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response);

#endif
