package dev.holdfast.proxy;

import dev.holdfast.link.GateEvent;
import dev.holdfast.ssh.Entrances;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SignedLogin;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a proxy needs to record what goes through it: the cluster's certificates, and who keeps
 * recordings and audit events and counts connections. Thread-safe; may block. An edge.
 */
public interface RecordingOffice {
  /** Certifies {@code key} for the names of a node; a line as in a file. */
  String certifyNode(String node, SshPublicKey key) throws IOException;

  /** Certifies {@code key} for a login to a node; a line as in a file. */
  String certifyLogin(Errand errand, SshPublicKey key) throws IOException;

  /**
   * For whom a proxy logs in to a node.
   *
   * @param from where he is
   * @param signed what he signed to log in to the proxy for that
   */
  record Errand(String node, InetAddress from, SignedLogin signed) {}

  /** Knows a node by its certificate. */
  NodeCheck check(String node);

  /** For one connection. */
  interface NodeCheck extends HostKeyCheck {
    /** What was wrong with what the node showed; nothing if nothing was. */
    Optional<String> why();
  }

  /** The authorities of users that are believed now. */
  TrustedAuthorities authorities();

  /** Where clients find this proxy, HOST:PORT; what it records can't come back through another. */
  List<String> places();

  /** Counts those whom {@code entrances} let in; called once. */
  Entrances counted(Entrances entrances);

  /** Records and audits sessions that run on a node. */
  Sessions recorded(Sessions sessions, String node);

  /** Audits logins to a node, and tells {@code others} of them. */
  LoginWatch watched(LoginWatch others, String node);

  /** Something happened to a connection. */
  void happened(GateEvent event);
}
