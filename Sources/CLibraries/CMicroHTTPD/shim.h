#include <microhttpd.h>

/// `MHD_start_daemon` is variadic, which Swift cannot call. Options travel as an array closed by MHD_OPTION_END,
/// callbacks with a second pointer among them (microhttpd.h, MHD_OPTION_ARRAY).
static inline struct MHD_Daemon *cmhd_start(unsigned int flags, MHD_AccessHandlerCallback handler, void *context,
                                            struct MHD_OptionItem *options) {
    return MHD_start_daemon(flags, 0, NULL, NULL, handler, context, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/// The callbacks as the integers that MHD_OPTION_ARRAY wants: Swift cannot turn a C function pointer into one.
static inline intptr_t cmhd_completed_callback(MHD_RequestCompletedCallback callback) { return (intptr_t) callback; }
static inline intptr_t cmhd_target_callback(void *(*callback)(void *, const char *, struct MHD_Connection *)) {
    return (intptr_t) callback;
}
static inline intptr_t cmhd_unescape_callback(size_t (*callback)(void *, struct MHD_Connection *, char *)) {
    return (intptr_t) callback;
}
