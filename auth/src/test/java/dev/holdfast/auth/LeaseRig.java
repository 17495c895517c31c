package dev.holdfast.auth;

import dev.holdfast.access.Grant;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.User;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** What tests of leases have in common: users with a limit, orders, and clocks that they set. */
final class LeaseRig {
  static final String USER = "alice";
  static final LeaseTime TIME = new LeaseTime(Duration.ofSeconds(64));
  static final String EPOCH = "00000000-0000-0000-0000-000000000001";

  private LeaseRig() {}

  /** Has {@link #USER} be limited. */
  static void limit(Database database, int limit) throws IOException {
    Role role = role(limit);
    User user = new User(USER, List.of("limited"), List.of(), Optional.empty());
    database.transact(tx -> {
      DocumentTable.put(tx, Kind.ROLE, role.name(), role);
      UserTable.put(tx, user);
      return true;
    });
  }

  /** A role with a limit. */
  static Role role(int limit) {
    RoleOptions options = RoleOptions.NONE.withMaxConnections(limit);
    return new Role("limited", Grant.of(LabelSelector.ALL, "root"), Grant.NONE, options);
  }

  static LeaseBook book(Database database, AtomicLong clock) {
    return new LeaseBook(database, new AuditTrail(database), TIME, clock::get);
  }

  static LeaseOrder order() {
    return order(EPOCH);
  }

  static LeaseOrder order(String epoch) {
    return new LeaseOrder(UUID.randomUUID().toString(), USER, epoch, "root", "192.0.2.1");
  }
}
