package dev.holdfast.link;

import java.time.Duration;
import java.util.Locale;

/**
 * Why there is no connection. {@link #text} is the sentence for the person: what happened, and what
 * to do; it holds no secret and none of a peer's raw bytes.
 */
sealed interface DialFailure {
  String text();

  /** No address is known for the name: there is no such name, or no name server could be asked. */
  record UnknownHost(String host) implements DialFailure {
    @Override
    public String text() {
      return "No address is known for "
          + host
          + ": check the name, and that this machine has a network.";
    }
  }

  /** The name server did not answer in time. */
  record LookupTimedOut(String host, Duration after) implements DialFailure {
    @Override
    public String text() {
      return "The name server gave no address for "
          + host
          + " within "
          + seconds(after)
          + ": check the network.";
    }
  }

  /** The host is there, and nothing listens at the port. */
  record Refused(Destination at) implements DialFailure {
    @Override
    public String text() {
      return at + " refused the connection: nothing listens there, or a firewall forbids it.";
    }
  }

  /** Nobody answered. */
  record TimedOut(Destination at, Duration after) implements DialFailure {
    @Override
    public String text() {
      return at
          + " did not answer within "
          + seconds(after)
          + ": check the network and the host's firewall.";
    }
  }

  /** This machine, or a router, knows no way there. */
  record Unreachable(Destination at) implements DialFailure {
    @Override
    public String text() {
      return "There is no way to " + at + " at the moment: check this machine's network.";
    }
  }

  /** The proxy itself could not be connected to, for a reason of its own. */
  record ProxyUnavailable(OutboundProxy proxy, DialFailure why) implements DialFailure {
    @Override
    public String text() {
      return "The proxy of " + proxy.variable() + " could not be used: " + why.text();
    }
  }

  /**
   * The proxy answered no.
   *
   * @param status an HTTP status (RFC 9110 section 15) or a SOCKS5 reply (RFC 1928 section 6)
   */
  record ProxyRefused(OutboundProxy proxy, Destination to, int status) implements DialFailure {
    @Override
    public String text() {
      return proxy + " did not connect to " + to + ": " + meaning() + ".";
    }

    private String meaning() {
      return switch (proxy.kind()) {
        case HTTP -> "it answered with HTTP status " + status;
        case SOCKS5, SOCKS5H -> Socks5Connect.meaning(status);
      };
    }
  }

  /** The proxy wants a user and a password, or another kind of proof that is not spoken here. */
  record ProxyNeedsAuthentication(OutboundProxy proxy) implements DialFailure {
    @Override
    public String text() {
      return proxy
          + " wants a user and a password: put user:password@ before the host in "
          + proxy.variable()
          + ".";
    }
  }

  /** The proxy did not accept the user and password of its URL. */
  record ProxyRejectedAuthentication(OutboundProxy proxy) implements DialFailure {
    @Override
    public String text() {
      return proxy + " did not accept the user and password in " + proxy.variable() + ".";
    }
  }

  /** The proxy was connected to and then kept silent. */
  record ProxyTimedOut(OutboundProxy proxy, Duration after) implements DialFailure {
    @Override
    public String text() {
      return proxy
          + " did not answer within "
          + seconds(after)
          + ": check "
          + proxy.variable()
          + ".";
    }
  }

  /**
   * The proxy ended the connection before it had answered; some say so that the host cannot be
   * reached.
   */
  record ProxyClosed(OutboundProxy proxy, Destination to) implements DialFailure {
    @Override
    public String text() {
      return proxy
          + " closed the connection without an answer: it cannot reach "
          + to
          + ", or is no such proxy as "
          + proxy.variable()
          + " says.";
    }
  }

  /** What answered does not speak the proxy's protocol, or goes beyond its bounds. */
  record ProxyGarbled(OutboundProxy proxy) implements DialFailure {
    @Override
    public String text() {
      return proxy + " does not answer as such a proxy does: check " + proxy.variable() + ".";
    }
  }

  /**
   * The environment names a proxy that cannot be understood. {@code why} is a clause without the
   * URL, which may hold a password.
   */
  record BadProxy(String variable, String why) implements DialFailure {
    @Override
    public String text() {
      return "The proxy in " + variable + " cannot be used: " + why + ".";
    }
  }

  /** This machine cannot make another connection: no descriptors, no memory, no permission. */
  record NoSocket(String why) implements DialFailure {
    @Override
    public String text() {
      return "This machine could not open a socket (" + why + ").";
    }
  }

  /** Whoever dialled has called it off. */
  record Cancelled() implements DialFailure {
    @Override
    public String text() {
      return "The connection was called off.";
    }
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3g s", time.toMillis() / 1000.0);
  }
}
