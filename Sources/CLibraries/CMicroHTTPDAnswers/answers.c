#define _GNU_SOURCE
#include "CMicroHTTPDAnswers.h"

#include <dlfcn.h>
#include <microhttpd.h>

typedef enum MHD_Result (*queue_response)(struct MHD_Connection *, unsigned int, struct MHD_Response *);

/// Both are set before the first connection is accepted.
static queue_response queue_of_library;
static mhd_own_answer own_answer;

__attribute__((constructor)) static void find_queue_of_library(void) {
    queue_of_library = (queue_response)dlsym(RTLD_NEXT, "MHD_queue_response");
}

void mhd_give_own_answers_to(mhd_own_answer answer) { own_answer = answer; }

int mhd_queue_response(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response) {
    return queue_of_library ? queue_of_library(connection, status, response) : MHD_NO;
}

/// Takes the place of libmicrohttpd's function for libmicrohttpd itself, see the header. The answer is queued all the
/// same: some callers go on with the connection's memory, which a failure here would have freed.
enum MHD_Result MHD_queue_response(struct MHD_Connection *connection, unsigned int status,
                                   struct MHD_Response *response) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (own_answer && info) own_answer(info->connect_fd, status);
    return mhd_queue_response(connection, status, response);
}
