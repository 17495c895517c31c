package dev.holdfast.access;

/** What somebody may do to the cluster itself. */
public enum Right {
  /** To see and change users, roles, tokens, nodes, locks and authorities. */
  ADMINISTER,
  /** To read audit events. */
  AUDIT
}
