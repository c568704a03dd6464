/* Steps of the databases' tables as they have landed (SchemaTests). */

-- deadlines 1
CREATE TABLE deadlines (
    name TEXT NOT NULL, key TEXT NOT NULL, due_at INTEGER NOT NULL, boot TEXT NOT NULL,
    due_up INTEGER NOT NULL, PRIMARY KEY (name, key)) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_due_up ON deadlines (due_up);

-- earlyEvents 1
CREATE TABLE early_events (
    id INTEGER PRIMARY KEY, policy TEXT NOT NULL, event_id TEXT NOT NULL,
    cluster TEXT, topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL, kafka_offset INTEGER NOT NULL,
    kafka_timestamp INTEGER NOT NULL, key BLOB, headers TEXT NOT NULL, payload BLOB NOT NULL,
    missing TEXT NOT NULL, since INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL, UNIQUE (policy, event_id)) STRICT;
CREATE INDEX early_events_key ON early_events (key);
CREATE INDEX early_events_retry_at ON early_events (retry_at);

-- idempotency 1
CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL,
    body BLOB NOT NULL, answered_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- idempotency 2
CREATE INDEX idempotency_keys_answered_at ON idempotency_keys (answered_at);

-- inbox 1
CREATE TABLE inbox (
    policy TEXT NOT NULL, event_id TEXT NOT NULL, topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL,
    kafka_offset INTEGER NOT NULL, received_at INTEGER NOT NULL,
    PRIMARY KEY (policy, event_id)) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_received_at ON inbox (received_at);

-- ledger_entries 1
CREATE TABLE ledger_entries (id INTEGER PRIMARY KEY, pay_id INTEGER NOT NULL REFERENCES pays (id), order_id TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount >= 0), entered_at INTEGER NOT NULL, UNIQUE (order_id, kind)) STRICT;
INSERT INTO list_counts VALUES ('ledger_entries', -9223372036854775808, 0);
CREATE TRIGGER ledger_entries_entered AFTER INSERT ON ledger_entries
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'ledger_entries' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'ledger_entries' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'ledger_entries', new.id, rows + (SELECT count(*) FROM ledger_entries WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'ledger_entries' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER ledger_entries_removed AFTER DELETE ON ledger_entries
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'ledger_entries' AND up_to >= old.id; END;

-- listing 1
CREATE TABLE list_counts (
    list TEXT NOT NULL, up_to INTEGER NOT NULL, rows INTEGER NOT NULL,
    PRIMARY KEY (list, up_to)) STRICT, WITHOUT ROWID;
CREATE INDEX list_counts_rows ON list_counts (list, rows);

-- menu_items 1
CREATE TABLE menu_items (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, store_id INTEGER NOT NULL REFERENCES stores (id), name TEXT NOT NULL, price INTEGER NOT NULL CHECK (price >= 0), stock INTEGER NOT NULL CHECK (stock >= 0), UNIQUE (store_id, name)) STRICT;
INSERT INTO list_counts VALUES ('menu_items', -9223372036854775808, 0);
CREATE TRIGGER menu_items_entered AFTER INSERT ON menu_items
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'menu_items' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'menu_items' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'menu_items', new.id, rows + (SELECT count(*) FROM menu_items WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'menu_items' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER menu_items_removed AFTER DELETE ON menu_items
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'menu_items' AND up_to >= old.id; END;

-- menus 1
CREATE TABLE menus (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, store_id INTEGER NOT NULL, name TEXT NOT NULL, price INTEGER NOT NULL, stock INTEGER NOT NULL, UNIQUE (store_id, name)) STRICT;
INSERT INTO list_counts VALUES ('menus', -9223372036854775808, 0);
CREATE TRIGGER menus_entered AFTER INSERT ON menus
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'menus' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'menus' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'menus', new.id, rows + (SELECT count(*) FROM menus WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'menus' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER menus_removed AFTER DELETE ON menus
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'menus' AND up_to >= old.id; END;

-- order_dtls 1
CREATE TABLE order_dtls (id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL, order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL, status TEXT NOT NULL) STRICT;
INSERT INTO list_counts VALUES ('order_dtls', -9223372036854775808, 0);
CREATE TRIGGER order_dtls_entered AFTER INSERT ON order_dtls
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'order_dtls' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'order_dtls' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'order_dtls', new.id, rows + (SELECT count(*) FROM order_dtls WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'order_dtls' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER order_dtls_removed AFTER DELETE ON order_dtls
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'order_dtls' AND up_to >= old.id; END;

-- order_dtls 2
ALTER TABLE order_dtls ADD COLUMN cmplt_time TEXT DEFAULT NULL;
ALTER TABLE order_dtls ADD COLUMN delay_version INTEGER NOT NULL DEFAULT 0;

-- order_infos 1
CREATE TABLE order_infos (id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL, order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL, status TEXT NOT NULL, cmplt_time TEXT, reason TEXT) STRICT;
INSERT INTO list_counts VALUES ('order_infos', -9223372036854775808, 0);
CREATE TRIGGER order_infos_entered AFTER INSERT ON order_infos
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'order_infos' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'order_infos' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'order_infos', new.id, rows + (SELECT count(*) FROM order_infos WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'order_infos' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER order_infos_removed AFTER DELETE ON order_infos
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'order_infos' AND up_to >= old.id; END;

-- order_infos 2
ALTER TABLE order_infos ADD COLUMN delay_version INTEGER NOT NULL DEFAULT 0;

-- order_infos 3
ALTER TABLE order_infos ADD COLUMN cancellation TEXT NOT NULL DEFAULT 'none';

-- order_manages 1
CREATE TABLE order_manages (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, order_id TEXT NOT NULL UNIQUE, cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL, order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL, status TEXT NOT NULL, cmplt_time TEXT, reason TEXT, answer_by INTEGER NOT NULL) STRICT;
INSERT INTO list_counts VALUES ('order_manages', -9223372036854775808, 0);
CREATE TRIGGER order_manages_entered AFTER INSERT ON order_manages
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'order_manages' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'order_manages' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'order_manages', new.id, rows + (SELECT count(*) FROM order_manages WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'order_manages' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER order_manages_removed AFTER DELETE ON order_manages
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'order_manages' AND up_to >= old.id; END;

-- orders 1
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL DEFAULT 1, order_id TEXT NOT NULL UNIQUE, cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL, order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL, status TEXT NOT NULL, reason TEXT, fingerprint TEXT NOT NULL, asked_at INTEGER NOT NULL) STRICT;
CREATE INDEX orders_unpaid ON orders (asked_at) WHERE status = 'payWait';
INSERT INTO list_counts VALUES ('orders', -9223372036854775808, 0);
CREATE TRIGGER orders_entered AFTER INSERT ON orders
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'orders' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'orders' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'orders', new.id, rows + (SELECT count(*) FROM orders WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'orders' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER orders_removed AFTER DELETE ON orders
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'orders' AND up_to >= old.id; END;

-- orders 2
ALTER TABLE orders ADD COLUMN cancellation TEXT NOT NULL DEFAULT 'none';

-- outbox 1
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL, type TEXT NOT NULL, key BLOB, payload BLOB,
    cause_id TEXT, traceparent TEXT, topic TEXT, headers TEXT,
    created_at INTEGER NOT NULL, published_at INTEGER, parked_reason TEXT) STRICT;
CREATE INDEX outbox_pending ON outbox (id) WHERE published_at IS NULL AND parked_reason IS NULL;
CREATE INDEX outbox_parked ON outbox (id) WHERE parked_reason IS NOT NULL;
CREATE TABLE outbox_cluster (id INTEGER PRIMARY KEY CHECK (id = 1), cluster TEXT NOT NULL) STRICT;

-- pays 1
CREATE TABLE pays (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, order_id TEXT NOT NULL UNIQUE, cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL, order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL, status TEXT NOT NULL, reason TEXT) STRICT;
INSERT INTO list_counts VALUES ('pays', -9223372036854775808, 0);
CREATE TRIGGER pays_entered AFTER INSERT ON pays
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'pays' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'pays' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'pays', new.id, rows + (SELECT count(*) FROM pays WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'pays' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER pays_removed AFTER DELETE ON pays
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'pays' AND up_to >= old.id; END;

-- read_marks 1
CREATE TABLE read_marks (
    topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL, cluster TEXT NOT NULL,
    kafka_offset INTEGER NOT NULL, PRIMARY KEY (topic, kafka_partition)) STRICT, WITHOUT ROWID;

-- stock_entries 1
CREATE TABLE stock_entries (id INTEGER PRIMARY KEY, menu_item_id INTEGER NOT NULL REFERENCES menu_items (id), order_id TEXT, kind TEXT NOT NULL, quantity INTEGER NOT NULL, entered_at INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX stock_entries_order ON stock_entries (order_id, menu_item_id, kind) WHERE order_id IS NOT NULL;

-- stores 1
CREATE TABLE stores (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT NOT NULL, address TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL, is_open INTEGER NOT NULL) STRICT;
INSERT INTO list_counts VALUES ('stores', -9223372036854775808, 0);
CREATE TRIGGER stores_entered AFTER INSERT ON stores
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'stores' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'stores' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'stores', new.id, rows + (SELECT count(*) FROM stores WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'stores' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER stores_removed AFTER DELETE ON stores
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'stores' AND up_to >= old.id; END;

-- customers 1
CREATE TABLE customers (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, cust_id TEXT NOT NULL UNIQUE, grade TEXT NOT NULL, points INTEGER NOT NULL, delivered_orders INTEGER NOT NULL) STRICT;
INSERT INTO list_counts VALUES ('customers', -9223372036854775808, 0);
CREATE TRIGGER customers_entered AFTER INSERT ON customers
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'customers' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'customers' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'customers', new.id, rows + (SELECT count(*) FROM customers WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'customers' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER customers_removed AFTER DELETE ON customers
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'customers' AND up_to >= old.id; END;

-- menu_items 2
ALTER TABLE menu_items ADD COLUMN sold_out INTEGER NOT NULL DEFAULT 0;

-- menus 2
ALTER TABLE menus ADD COLUMN sold_out INTEGER NOT NULL DEFAULT 0;

-- order_dtls 3
ALTER TABLE order_dtls ADD COLUMN rider_status TEXT DEFAULT NULL;
ALTER TABLE order_dtls ADD COLUMN rider_id INTEGER DEFAULT NULL;
ALTER TABLE order_dtls ADD COLUMN rider_name TEXT DEFAULT NULL;
ALTER TABLE order_dtls ADD COLUMN rider_tel TEXT DEFAULT NULL;
ALTER TABLE order_dtls ADD COLUMN rider_version INTEGER NOT NULL DEFAULT 0;

-- order_manages 2
ALTER TABLE order_manages ADD COLUMN start_within INTEGER NOT NULL DEFAULT 3600;
ALTER TABLE order_manages ADD COLUMN finish_within INTEGER NOT NULL DEFAULT 3600;

-- order_manages 3
INSERT INTO deadlines (name, key, due_at, boot, due_up)
SELECT CASE status WHEN 'orderAccept' THEN 'store.startCooking' ELSE 'store.finishCooking' END,
order_id, answer_by + 172800000, '', 0 FROM order_manages
WHERE status IN ('orderAccept', 'cookStart');
CREATE INDEX order_manages_open ON order_manages (store_id) WHERE status IN ('orderCmplt', 'orderAccept', 'cookStart');

-- stores 2
ALTER TABLE stores ADD COLUMN kitchen_capacity INTEGER DEFAULT NULL;

-- order_infos 4
ALTER TABLE order_infos ADD COLUMN rider_id INTEGER DEFAULT NULL;
ALTER TABLE order_infos ADD COLUMN rider_version INTEGER NOT NULL DEFAULT 0;

-- orders 3
ALTER TABLE orders ADD COLUMN wish TEXT DEFAULT NULL;
ALTER TABLE orders ADD COLUMN waits_until INTEGER DEFAULT NULL;
ALTER TABLE orders ADD COLUMN rider_id INTEGER DEFAULT NULL;
ALTER TABLE orders ADD COLUMN rider_version INTEGER NOT NULL DEFAULT 0;

-- orders_waits 1
INSERT INTO deadlines (name, key, due_at, boot, due_up)
SELECT 'order.storeAnswer', order_id, 0, '', 0 FROM orders WHERE cancellation = 'asked';

-- messages 1
CREATE TABLE messages (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, event_id TEXT NOT NULL, channel TEXT NOT NULL, notice TEXT NOT NULL, order_id TEXT, receiver TEXT NOT NULL, cust_id TEXT NOT NULL, tel TEXT NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL, is_superseded INTEGER NOT NULL, attempts INTEGER NOT NULL, reason TEXT, happened_at INTEGER NOT NULL, due_at INTEGER, sent_at INTEGER, UNIQUE (event_id, channel)) STRICT;
CREATE INDEX messages_order_id ON messages (order_id);
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_superseded ON messages (id) WHERE is_superseded = 1 AND due_at IS NOT NULL;
INSERT INTO list_counts VALUES ('messages', -9223372036854775808, 0);
CREATE TRIGGER messages_entered AFTER INSERT ON messages
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'messages' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'messages' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'messages', new.id, rows + (SELECT count(*) FROM messages WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'messages' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER messages_removed AFTER DELETE ON messages
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'messages' AND up_to >= old.id; END;

-- recipients 1
CREATE TABLE recipients (id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, cust_id TEXT NOT NULL, tel TEXT NOT NULL, step INTEGER NOT NULL, message_id INTEGER) STRICT;
CREATE INDEX recipients_cust_id ON recipients (cust_id);

-- orders_line 1
DROP INDEX orders_unpaid;
CREATE INDEX orders_asked ON orders (asked_at) WHERE status IN ('payWait', 'waiting') AND asked_at > 0;
CREATE INDEX orders_waiting ON orders (id) WHERE status = 'waiting';
-- pays 2
ALTER TABLE pays ADD COLUMN payment_key TEXT DEFAULT NULL;
ALTER TABLE pays ADD COLUMN due_at INTEGER DEFAULT NULL;
ALTER TABLE pays ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;

-- pays 3
CREATE INDEX pays_due_at ON pays (due_at) WHERE due_at IS NOT NULL;
-- cmplt_trts 1
CREATE TABLE cmplt_trts (id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, rider_id INTEGER NOT NULL, delivered_at TEXT NOT NULL, status TEXT NOT NULL) STRICT;
CREATE INDEX cmplt_trts_rider ON cmplt_trts (rider_id, id);
INSERT INTO list_counts VALUES ('cmplt_trts', -9223372036854775808, 0);
CREATE TRIGGER cmplt_trts_entered AFTER INSERT ON cmplt_trts
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'cmplt_trts' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'cmplt_trts' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'cmplt_trts', new.id, rows + (SELECT count(*) FROM cmplt_trts WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'cmplt_trts' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER cmplt_trts_removed AFTER DELETE ON cmplt_trts
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'cmplt_trts' AND up_to >= old.id; END;

-- deliveries 1
CREATE TABLE deliveries (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, order_id TEXT NOT NULL UNIQUE, store_name TEXT NOT NULL, store_address TEXT NOT NULL, store_lat REAL NOT NULL, store_lon REAL NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL, order_info TEXT NOT NULL, status TEXT NOT NULL, kitchen TEXT NOT NULL, cmplt_time TEXT NOT NULL, delay_version INTEGER NOT NULL, rider_id INTEGER, round INTEGER NOT NULL, is_awaited INTEGER NOT NULL, until INTEGER NOT NULL, search_until INTEGER, delivered_at TEXT, reason TEXT, open_cell INTEGER) STRICT;
CREATE INDEX deliveries_near ON deliveries (open_cell, store_lat, store_lon) WHERE open_cell IS NOT NULL;
INSERT INTO list_counts VALUES ('deliveries', -9223372036854775808, 0);
CREATE TRIGGER deliveries_entered AFTER INSERT ON deliveries
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'deliveries' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'deliveries' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'deliveries', new.id, rows + (SELECT count(*) FROM deliveries WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'deliveries' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER deliveries_removed AFTER DELETE ON deliveries
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'deliveries' AND up_to >= old.id; END;

-- offers 1
CREATE TABLE offers (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, delivery_id INTEGER NOT NULL, rider_id INTEGER NOT NULL REFERENCES riders (id), distance INTEGER NOT NULL, status TEXT NOT NULL) STRICT;
CREATE INDEX offers_delivery ON offers (delivery_id, rider_id);
CREATE UNIQUE INDEX offers_open ON offers (rider_id) WHERE status = 'open';

-- riders 1
CREATE TABLE riders (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT NOT NULL, tel TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL, is_available INTEGER NOT NULL, delivery_id INTEGER, free_cell INTEGER) STRICT;
CREATE INDEX riders_near ON riders (free_cell, lat, lon) WHERE free_cell IS NOT NULL;
INSERT INTO list_counts VALUES ('riders', -9223372036854775808, 0);
CREATE TRIGGER riders_entered AFTER INSERT ON riders
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'riders' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'riders' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'riders', new.id, rows + (SELECT count(*) FROM riders WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'riders' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER riders_removed AFTER DELETE ON riders
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'riders' AND up_to >= old.id; END;

-- withdrawals 1
CREATE TABLE withdrawals (id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, reason TEXT NOT NULL) STRICT;
-- meals 1
CREATE TABLE meals (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, order_id TEXT NOT NULL UNIQUE, cust_id TEXT NOT NULL, store_id INTEGER NOT NULL, order_info TEXT NOT NULL, status TEXT NOT NULL) STRICT;

-- my_pages 1
CREATE TABLE my_pages (id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL, order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL, status TEXT NOT NULL, cancellation TEXT NOT NULL, cmplt_time TEXT, delay_version INTEGER NOT NULL, rider_id INTEGER, rider_version INTEGER NOT NULL, reason TEXT, is_reviewed INTEGER NOT NULL) STRICT;
CREATE INDEX my_pages_cust_id ON my_pages (cust_id);
INSERT INTO list_counts VALUES ('my_pages', -9223372036854775808, 0);
CREATE TRIGGER my_pages_entered AFTER INSERT ON my_pages
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'my_pages' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'my_pages' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'my_pages', new.id, rows + (SELECT count(*) FROM my_pages WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'my_pages' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER my_pages_removed AFTER DELETE ON my_pages
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'my_pages' AND up_to >= old.id; END;

-- point_entries 1
CREATE TABLE point_entries (id INTEGER PRIMARY KEY, cust_id TEXT NOT NULL, order_id TEXT NOT NULL UNIQUE, points INTEGER NOT NULL, entered_at INTEGER NOT NULL) STRICT;

-- reviews 1
CREATE TABLE reviews (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, order_id TEXT NOT NULL UNIQUE, store_id INTEGER NOT NULL, cust_id TEXT NOT NULL, ratings TEXT NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX reviews_store_id ON reviews (store_id);
CREATE INDEX reviews_cust_id ON reviews (cust_id);
INSERT INTO list_counts VALUES ('reviews', -9223372036854775808, 0);
CREATE TRIGGER reviews_entered AFTER INSERT ON reviews
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'reviews' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'reviews' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'reviews', new.id, rows + (SELECT count(*) FROM reviews WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'reviews' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER reviews_removed AFTER DELETE ON reviews
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'reviews' AND up_to >= old.id; END;

-- outbox 2
ALTER TABLE outbox ADD COLUMN caused_by TEXT;

-- ratings 1
CREATE TABLE ratings (id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL, name TEXT NOT NULL, average REAL NOT NULL, review_count INTEGER NOT NULL, stars INTEGER NOT NULL, last_reviews TEXT NOT NULL, UNIQUE (store_id, name)) STRICT;
CREATE INDEX ratings_average ON ratings (average);
CREATE INDEX ratings_review_count ON ratings (review_count);
INSERT INTO list_counts VALUES ('ratings', -9223372036854775808, 0);
CREATE TRIGGER ratings_entered AFTER INSERT ON ratings
WHEN new.id % 256 = 0
    OR EXISTS (SELECT 1 FROM list_counts WHERE list = 'ratings' AND up_to >= new.id)
BEGIN
    UPDATE list_counts SET rows = rows + 1 WHERE list = 'ratings' AND up_to >= new.id;
    INSERT INTO list_counts
    SELECT 'ratings', new.id, rows + (SELECT count(*) FROM ratings WHERE id > up_to AND id <= new.id)
    FROM list_counts AS known WHERE list = 'ratings' AND up_to < new.id AND new.id % 256 = 0
        AND NOT EXISTS (SELECT 1 FROM list_counts WHERE list = known.list AND up_to = new.id)
    ORDER BY up_to DESC LIMIT 1;
END;
CREATE TRIGGER ratings_removed AFTER DELETE ON ratings
BEGIN UPDATE list_counts SET rows = rows - 1 WHERE list = 'ratings' AND up_to >= old.id; END;

-- timeline 1
CREATE TABLE timeline (
    order_id TEXT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL, source TEXT NOT NULL,
    happened_at INTEGER NOT NULL, cause_id TEXT, caused_by TEXT, detail TEXT,
    PRIMARY KEY (order_id, event_id)) STRICT, WITHOUT ROWID;

-- messages 2
CREATE INDEX messages_waiting ON messages (order_id, happened_at, event_id)
WHERE due_at IS NOT NULL;

-- withdrawals 2
ALTER TABLE withdrawals ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
-- orders 4
ALTER TABLE orders ADD COLUMN is_refunded INTEGER NOT NULL DEFAULT 0;

-- order_dtls 4
ALTER TABLE order_dtls ADD COLUMN reason TEXT DEFAULT NULL;

-- outbox 3
ALTER TABLE outbox_cluster ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;

-- outbox 4
CREATE TABLE outbox_offsets (
    topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL, kafka_offset INTEGER NOT NULL,
    PRIMARY KEY (topic, kafka_partition)) STRICT, WITHOUT ROWID;

