package dev.holdfast.access;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * The cluster as those see it who serve connections: what a proxy or node asks the auth service, in
 * the same process or over SSH. Thread-safe. Calls may block for as long as an answer takes; what
 * can't be answered is an IOException with a sentence, and then nobody is let in.
 */
public interface Cluster {
  /**
   * Whose key or certificate this is, here and now; its holder has to sign besides.
   *
   * @param shown a public key or certificate as it is on the wire (RFC 4253 6.6)
   * @param from where its holder comes from
   */
  Identity identify(byte[] shown, InetAddress from) throws IOException;

  /**
   * Whether a user may log in to a node now.
   *
   * @param target what he calls the node: see {@link NodeNames}
   */
  Decision decide(String user, String login, String target) throws IOException;

  /** The nodes that a user may log in to, online or not. */
  List<NodeRecord> nodesOf(String user) throws IOException;

  /** All roles' options of a user as one; none if there is no such user. */
  RoleOptions options(String user) throws IOException;

  /** All machines of a kind, by name. */
  List<NodeRecord> machines(ServiceKind kind) throws IOException;

  /** A machine lives. */
  void heartbeat(Heartbeat beat) throws IOException;

  /** The authorities that are believed, those that sign first. */
  List<Authority> authorities() throws IOException;

  /** The locks that there are. */
  List<Lock> locks() throws IOException;

  /** Notes an event durably; what it tells of may happen only after that. */
  void record(AuditEvent event) throws IOException;

  /**
   * Where connections are counted.
   *
   * @param machine the id of this machine
   */
  Leases leases(String machine);

  /**
   * Tells {@code watcher} of changes, from now on, in their order, on a thread of its own; within a
   * second of each.
   *
   * @return ends it
   */
  AutoCloseable watch(Consumer<Change> watcher) throws IOException;
}
