package dev.holdfast.access;

import java.time.Instant;
import java.util.List;

/**
 * What lets somebody in who is not known yet, for one purpose. Its secret is shown once, when it is
 * made, and is not in here.
 *
 * @param id shown in lists and events
 * @param usesLeft how often it can still be used
 * @param labels that the machine gets, whatever it says itself
 * @param name that the machine or user must have; empty if a machine may choose
 * @param roles that a user gets
 */
public record JoinToken(
    String id,
    Purpose purpose,
    Instant expires,
    int usesLeft,
    Labels labels,
    String name,
    List<String> roles) {
  /** Uses of one token. */
  public static final int MOST_USES = 10_000;

  public JoinToken {
    if (usesLeft < 0 || usesLeft > MOST_USES) {
      throw new InvalidRecordException("A token has 1 to " + MOST_USES + " uses.");
    }
    roles.forEach(role -> Names.name("role", role));
    roles = List.copyOf(roles);
    if (purpose == Purpose.USER) {
      Names.name("user", name);
    } else if (!name.isEmpty()) {
      Names.host(name);
    }
    if (purpose != Purpose.USER && !roles.isEmpty()) {
      throw new InvalidRecordException("Only a token for a user gives roles.");
    }
  }

  /** What a token is good for. */
  public enum Purpose {
    /** A machine joins as a node. */
    NODE,
    /** A machine joins as a proxy. */
    PROXY,
    /** A person who was invited has a key registered. */
    USER
  }
}
