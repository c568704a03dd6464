#include <sqlite3.h>

/// `SQLITE_TRANSIENT` is a cast macro, which Swift cannot import.
static inline int csqlite_bind_text(sqlite3_stmt *s, int i, const char *text, int bytes) {
    return sqlite3_bind_text(s, i, text, bytes, SQLITE_TRANSIENT);
}

/// Extended result codes are shifted macros, which Swift cannot import.
static const int csqlite_constraint_unique = SQLITE_CONSTRAINT_UNIQUE;
static const int csqlite_constraint_primary_key = SQLITE_CONSTRAINT_PRIMARYKEY;

static inline int csqlite_bind_blob(sqlite3_stmt *s, int i, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(s, i, 0) : sqlite3_bind_blob(s, i, bytes, count, SQLITE_TRANSIENT);
}

/// `sqlite3_config` is variadic. Without memory statistics SQLite takes no global lock for each allocation; call it
/// before the first connection is opened (https://sqlite.org/malloc.html#memory_statistics).
static inline int csqlite_disable_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
