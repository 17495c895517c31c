package dev.holdfast.access;

/**
 * A named set of rights and limits of users. It allows its logins on its nodes; whatever any list
 * of any role denies is denied, be it a login on all nodes or a node for all logins.
 */
public record Role(String name, Grant allow, Grant deny, RoleOptions options) {
  public Role {
    Names.name("role", name);
    if (allow.logins().contains(Grant.ANY)) {
      throw new InvalidRecordException(
          "The role %s allows the login '*'; name the accounts instead.".formatted(name));
    }
  }
}
