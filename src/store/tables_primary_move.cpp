#include "store/tables_primary_move.h"

#include "store/detail/columns.h"

namespace daikan::store {

using namespace detail;
using hierarchy::PrimaryMove;

std::optional<PrimaryMove> find_primary_move(Transaction& transaction) {
  const auto rows = transaction.query(
      "SELECT state, started_by, began_at, wait_seconds, ended_at, message, to_pin, to_fingerprint, direction, address_host, address_port, "
      "proxy_kind, proxy_host, proxy_port, proxy_user, proxy_password, certificate, pin, fingerprint, server_id, name, version, "
      "created_at, "
      "last_connected_at, revision FROM primary_move");
  if (rows.empty()) return std::nullopt;
  const Row& row = rows[0];
  PrimaryMove move;
  move.state = require(hierarchy::primary_move_state_from_string(row.text(0)), "a state of a move");
  move.by = row.text(1);
  move.began_at = read_time(row, 2);
  move.wait = std::chrono::seconds(row.integer(3));
  move.ended_at = read_maybe_time(row, 4);
  move.message = row.text(5);
  move.to = read_pin(row, 6);
  move.to_fingerprint = row.text(7);
  move.former = {.direction = require(hierarchy::direction_from_string(row.text(8)), "a direction"),
                 .address = read_endpoint(row, 9),
                 .proxy = read_proxy(row, 11),
                 .certificate = read_certificate(row, 16),
                 .server_id = read_maybe_id<ServerId>(row, 19),
                 .name = row.text(20),
                 .version = row.text(21),
                 .created_at = read_time(row, 22),
                 .last_connected_at = read_maybe_time(row, 23),
                 .ended_at = std::nullopt,
                 .revision = row.integer(24)};
  return move;
}

void put_primary_move(Transaction& transaction, const PrimaryMove& move) {
  const auto& former = move.former;
  const auto proxy = proxy_values(former.proxy);
  transaction.execute("DELETE FROM primary_move");
  transaction.execute(
      "INSERT INTO primary_move (slot, state, started_by, began_at, wait_seconds, ended_at, message, to_pin, to_fingerprint, direction, "
      "address_host, address_port, proxy_kind, proxy_host, proxy_port, proxy_user, proxy_password, certificate, pin, fingerprint, "
      "server_id, name, version, created_at, last_connected_at, revision) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
      "$13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
      {to_value(to_string(move.state)),
       move.by,
       to_value(move.began_at),
       static_cast<std::int64_t>(move.wait.count()),
       to_value(move.ended_at),
       move.message,
       to_value(move.to),
       move.to_fingerprint,
       to_value(to_string(former.direction)),
       host_value(former.address),
       port_value(former.address),
       proxy.kind,
       proxy.host,
       proxy.port,
       proxy.user,
       proxy.password,
       certificate_value(former.certificate),
       to_value(former.certificate.pin),
       former.certificate.fingerprint,
       to_value(former.server_id),
       former.name,
       former.version,
       to_value(former.created_at),
       to_value(former.last_connected_at),
       former.revision});
}

}  // namespace daikan::store
