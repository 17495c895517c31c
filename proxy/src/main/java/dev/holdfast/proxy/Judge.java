package dev.holdfast.proxy;

import dev.holdfast.access.RoleOptions;
import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Who answers a proxy's questions about its cluster. May block for a moment. Thread-safe; an edge.
 */
public interface Judge {
  /** What somebody is told when nobody can be asked about him. */
  String UNANSWERED = "Nobody can say at the moment whether you may; try again later.";

  /**
   * Whether the holder of {@code shown}, a key or a certificate, may log in to a proxy. Nodes come
   * as {@link Proxy#NODE_USER} and their name, by their own key.
   */
  Admissions.Admission admit(String user, SocketAddress from, SshPublicKey shown)
      throws IOException;

  /** All nodes, also those that are away; as far as is known, if nobody can be asked. */
  List<KnownNode> nodes();

  /** Whether it may be. */
  Verdict decide(Wish wish);

  /**
   * Why it may not be, as far as that is known here without asking anybody: by a lock of which the
   * cluster has told its proxies. Does not block.
   *
   * @return a sentence for him, empty for the usual one; nothing if nothing is known
   */
  Optional<String> forbids(Wish wish);

  /** The cluster's name, which may stand behind a node's and a dot; empty if it has none. */
  default String cluster() {
    return "";
  }

  /**
   * Somebody wants to reach a node.
   *
   * @param login the user of the node's machine; empty for any that the node lets him in as
   * @param from where he is
   */
  record Wish(String user, String login, KnownNode node, InetAddress from) {}

  /** What becomes of a wish. */
  sealed interface Verdict {
    /**
     * It may be.
     *
     * @param options of all his roles
     */
    record Allowed(RoleOptions options) implements Verdict {
      /** Of somebody of whose roles nothing is said. */
      public Allowed() {
        this(RoleOptions.NONE);
      }
    }

    /**
     * It may not.
     *
     * @param why a sentence for him, empty for the usual one
     */
    record Denied(String why) implements Verdict {}

    /** Nobody could be asked. */
    record Unanswered() implements Verdict {}
  }
}
