package dev.holdfast.forward;

/** What stands between a person and an app on a server. */
public sealed interface Trouble {
  /** What happened and what to do, for the person; one sentence. */
  String words();

  /** The server is there, and nothing listens at the address. */
  record NotRunning(FarAddress address) implements Trouble {
    @Override
    public String words() {
      return "The app is not running: nothing listens at %s on the server; start it there."
          .formatted(address);
    }
  }

  /** The server's configuration or the key's options don't allow it. */
  record Forbidden(String what) implements Trouble {
    @Override
    public String words() {
      return "The server forbids forwarding to %s; its administrator allows it (sshd_config: "
              .formatted(what)
          + "AllowTcpForwarding, PermitOpen; the key's restrict and permitopen options).";
    }
  }

  /** No connection came about, or the one there was has gone. */
  record Unreachable(String server, String why) implements Trouble {
    @Override
    public String words() {
      return "%s can't be reached (%s); it is tried again when it is wanted."
          .formatted(server, why);
    }
  }

  /**
   * The login asks for something that only a person can give.
   *
   * @param wanted the question that had no answer; empty if none was asked
   */
  record NeedsPerson(String server, String wanted) implements Trouble {
    @Override
    public String words() {
      return "The login to %s needs a person%s; load the key with ssh-add, or run 'holdfast forward"
              .formatted(server, wanted.isEmpty() ? "" : " (" + wanted + ")")
          + " --foreground' and answer there.";
    }
  }

  /** The server is not the one that it should be, or that is not known yet. */
  record UnknownHost(String server) implements Trouble {
    @Override
    public String words() {
      return "The host key of %s is not known or not the expected one; run 'holdfast ssh %s' once"
              .formatted(server, server)
          + " and look at what it says.";
    }
  }

  /** The configuration can't be used. */
  record Misconfigured(String why) implements Trouble {
    @Override
    public String words() {
      return why;
    }
  }

  /** Something else. */
  record Failed(String why) implements Trouble {
    @Override
    public String words() {
      return why;
    }
  }

  /** Whether trying again by itself may help. */
  default boolean mayPass() {
    return this instanceof Unreachable;
  }
}
