package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Grant;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Right;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The roles of a new cluster. They are as good as others: they can be changed and removed. */
final class Presets {
  /** May administer the cluster, and log in nowhere. */
  private static final Role ADMIN =
      new Role(
          "admin",
          new Grant(List.of(), LabelSelector.NONE, Set.of(Right.ADMINISTER, Right.AUDIT)),
          Grant.NONE,
          RoleOptions.NONE);

  /** May log in to every node, to the account that is called as the user is. */
  private static final Role ACCESS =
      new Role(
          "access", Grant.of(LabelSelector.ALL, Grant.USER_NAME), Grant.NONE, RoleOptions.NONE);

  private Presets() {}

  /** Sets them where nobody has set a role yet. */
  static void ensure(AuditTrail trail) throws IOException {
    trail.change((tx, events) -> {
      if (tx.revision() > 0
          && tx.first(row -> row.getInt(1), "select 1 from documents where kind = 'role'")
              .isEmpty()) {
        for (Role role : List.of(ADMIN, ACCESS)) {
          DocumentTable.put(tx, Kind.ROLE, role.name(), role);
          events.add(AuditEvent.of(AuditCode.ROLE_SET, "", "name", role.name()));
        }
      }
      return true;
    });
  }
}
