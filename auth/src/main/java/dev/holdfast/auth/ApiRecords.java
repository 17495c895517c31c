package dev.holdfast.auth;

import dev.holdfast.access.Authority;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Labels;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.Load;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What goes in and out of the API beside the records of the domain. */
public final class ApiRecords {
  private ApiRecords() {}

  /** Nothing. */
  public record None() {}

  /** It was done. */
  public record Done(boolean done) {}

  /** Something by its name or id. */
  public record Named(String name) {}

  /** The API's version, the oldest that is still spoken, and the program's. */
  public record Version(int api, int least, String holdfast) {}

  /**
   * Who one is.
   *
   * @param name empty for who has none
   * @param secondFactor what is to be done about it: "", "set" if one is wanted first
   */
  public record Self(
      String cluster,
      String name,
      List<String> roles,
      List<String> logins,
      List<String> methods,
      String secondFactor) {}

  /**
   * A certificate for a key of one's own.
   *
   * @param key type and base64
   * @param time that is asked for; the roles may say less
   * @param pinSource whether it shall count only from the address that one comes from
   */
  public record CertificateOrder(
      String key, Optional<Duration> time, Optional<Boolean> pinSource) {}

  /** A certificate for this machine's own key, with its id and name. */
  public record HostOrder(List<String> names) {}

  /**
   * A certificate for the names of a node, for a proxy that records in front of it.
   *
   * @param node its name
   * @param key of the proxy; type and base64
   */
  public record NodeOrder(String node, String key) {}

  /**
   * A certificate by which a proxy that records logs in to a node for a user who has logged in to
   * it for that.
   *
   * @param node its name
   * @param key of the proxy; type and base64
   * @param address from which the user comes
   * @param signed what he signed (RFC 4252 7), in base64
   * @param signature in base64
   */
  public record BridgeOrder(
      String node, String key, String address, String signed, String signature) {
    @Override
    public String toString() {
      return "BridgeOrder[" + node + "]";
    }
  }

  /** A step of changing an authority's key. */
  public record Rotation(Authority.Kind kind, Phase phase) {}

  /** A secret that may become the second factor. */
  public record NewFactor(String secret, String uri) {}

  /** A secret and the code that an authenticator makes of it. */
  public record Code(String secret, String code) {
    @Override
    public String toString() {
      return "Code[]";
    }
  }

  /**
   * Nodes to be listed.
   *
   * @param labels as {@code key=value,…}; empty for all
   */
  public record NodeQuery(Optional<String> labels) {}

  /** A node that one may use, and as whom. */
  public record Listed(NodeRecord node, List<String> logins) {}

  /**
   * A proxy, as users have to know it.
   *
   * @param addresses where it is dialled, HOST:PORT
   */
  public record ProxyPlace(String name, List<String> addresses, boolean online) {}

  /** A machine, and what it has to do if it says so. */
  public record MachineLoad(NodeRecord machine, Optional<Load> load) {}

  /** Machines to be listed. */
  public record MachineQuery(ServiceKind kind) {}

  /**
   * One joins with a token.
   *
   * @param token all of it
   * @param name of a machine; a user has his from the token
   */
  public record JoinOrder(
      String token,
      Optional<String> name,
      Labels labels,
      List<String> addresses,
      Optional<String> version) {
    @Override
    public String toString() {
      return "JoinOrder[name=" + name + "]";
    }
  }

  /**
   * One has joined.
   *
   * @param name the machine's or the user's
   * @param id the machine's; empty for a user
   * @param certificate of the machine's host key; empty for a user
   */
  public record Joined(
      String cluster, String name, String id, String certificate, List<Authority> authorities) {}

  /**
   * Whose key?
   *
   * @param key base64 of what is on the wire
   * @param address from which it came
   */
  public record IdentityQuery(String key, String address) {}

  /** May he? */
  public record DecisionQuery(String user, String login, String target) {}

  /**
   * A user to be set.
   *
   * @param isNew whether it is wrong if there is one of that name
   */
  public record UserOrder(User user, boolean isNew) {}

  /** A token that was made; its text is shown this once. */
  public record MadeToken(String text, JoinToken token) {
    @Override
    public String toString() {
      return "MadeToken[" + token.id() + "]";
    }
  }

  /**
   * Keys for tickets that a proxy wants.
   *
   * @param renewable how long a ticket of its may count
   */
  public record TicketKeyQuery(Duration renewable) {}

  /**
   * The keys by which proxies sign and believe tickets, in base64.
   *
   * @param signs the public half of the one that signs
   * @param secret its private half
   * @param believed public halves whose tickets count besides
   * @param withdrawn public halves whose tickets bring back a stream, and no more
   */
  public record TicketKeySet(
      String signs, String secret, List<String> believed, List<String> withdrawn) {
    public TicketKeySet {
      believed = List.copyOf(believed);
      withdrawn = List.copyOf(withdrawn);
    }

    /** Keys are not for logs. */
    @Override
    public String toString() {
      return "TicketKeySet[]";
    }
  }

  /** A lock to be set. */
  public record LockOrder(Lock.Target target, String reason, Optional<Duration> time) {}

  // ---- leases ----

  /** Leases that live. */
  public record Renewals(List<LeaseRenewal> renewals) {}

  /** What became of them, by their ids. */
  public record Renewed(Map<String, LeaseRenewal.State> states) {}

  /** Leases, or epochs, by their ids. */
  public record Ids(List<String> ids) {}

  /**
   * Leases to be listed.
   *
   * @param user whose; all that the caller may see if it is empty
   */
  public record LeaseQuery(Optional<String> user) {}

  /** A step of a rotation, in their order. */
  public enum Phase {
    /** A next key is made and believed, so that everybody can learn it. */
    BEGIN,
    /** The next key signs; what the former one signed is believed until it ends. */
    SWITCH,
    /** Former keys are believed no more, whatever is still valid. */
    DROP
  }

  /**
   * A certificate that was signed.
   *
   * @param certificate as a line of a file
   */
  public record Issued(
      String certificate, long serial, List<String> principals, Instant validBefore) {}
}
