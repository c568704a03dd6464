#include <libpq-fe.h>

/// Character constants, which Swift imports as another type than `PQresultErrorField` takes.
static const int cpostgresql_sqlstate = PG_DIAG_SQLSTATE;
static const int cpostgresql_message = PG_DIAG_MESSAGE_PRIMARY;
