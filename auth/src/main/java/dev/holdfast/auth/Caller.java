package dev.holdfast.auth;

import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Right;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.ssh.SshPublicKey;
import java.util.EnumSet;
import java.util.Set;

/** Who calls the API, as he was when he logged in. */
public sealed interface Caller {
  /** What the table of the API goes by. */
  enum Standing {
    /** Anybody who could log in at all. */
    ANYBODY,
    /** Has a join token and nothing else. */
    NEWCOMER,
    /** A user. */
    PERSON,
    /**
     * A user who proved himself by his own key or the identity provider, and the second factor if
     * he has one.
     */
    PERSON_PROVEN,
    /** A user who must set his second factor before he may do anything else. */
    PERSON_WITHOUT_FACTOR,
    /** A user with the right to administer, or root of the machine that the service runs on. */
    ADMINISTRATOR,
    /** A user with the right to read audit events, or root of that machine. */
    AUDITOR,
    /** A node or proxy. */
    MACHINE,
    /** A proxy. */
    PROXY
  }

  /** All that he is. */
  Set<Standing> standings();

  /** What he is called in audit events. */
  String name();

  /** Whoever has the service's own rights on its machine. */
  record Host() implements Caller {
    @Override
    public Set<Standing> standings() {
      return EnumSet.of(Standing.ANYBODY, Standing.ADMINISTRATOR, Standing.AUDITOR);
    }

    @Override
    public String name() {
      return "";
    }
  }

  /** How a user has proven himself. */
  enum Proof {
    /** By his key or the identity provider, and the second factor if he has one. */
    FULL,
    /** The same; but a second factor is wanted of him, and he has none yet. */
    FACTOR_WANTED,
    /** By a certificate that he was given before. */
    CERTIFICATE
  }

  /**
   * A user.
   *
   * @param who he is and his roles; rights are looked up anew with every call
   * @param address from which he comes, for certificates that are bound to it
   */
  record Person(RoleSet who, Proof proof, String address) implements Caller {
    @Override
    public Set<Standing> standings() {
      Set<Standing> standings = EnumSet.of(Standing.ANYBODY);
      if (proof == Proof.FACTOR_WANTED) {
        standings.add(Standing.PERSON_WITHOUT_FACTOR);
        return standings;
      }
      standings.add(Standing.PERSON);
      if (proof == Proof.FULL) {
        standings.add(Standing.PERSON_PROVEN);
      }
      Set<Right> rights = who.rights();
      if (rights.contains(Right.ADMINISTER)) {
        standings.add(Standing.ADMINISTRATOR);
      }
      if (rights.contains(Right.AUDIT)) {
        standings.add(Standing.AUDITOR);
      }
      return standings;
    }

    @Override
    public String name() {
      return who.user().name();
    }
  }

  /** A machine that has joined. */
  record Machine(NodeRecord machine) implements Caller {
    @Override
    public Set<Standing> standings() {
      Set<Standing> standings = EnumSet.of(Standing.ANYBODY, Standing.MACHINE);
      if (machine.kind() == ServiceKind.PROXY) {
        standings.add(Standing.PROXY);
      }
      return standings;
    }

    @Override
    public String name() {
      return machine.name();
    }
  }

  /** Somebody who holds that key and wants to join. */
  record Newcomer(SshPublicKey key) implements Caller {
    @Override
    public Set<Standing> standings() {
      return EnumSet.of(Standing.ANYBODY, Standing.NEWCOMER);
    }

    @Override
    public String name() {
      return "";
    }
  }
}
