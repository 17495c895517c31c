package dev.holdfast.proxy;

import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster in memory. */
final class FakeCluster implements Judge {
  final Map<String, SshPublicKey> users = new ConcurrentHashMap<>();
  final Map<String, SshPublicKey> nodeKeys = new ConcurrentHashMap<>();
  final Map<String, KnownNode> nodes = new ConcurrentHashMap<>();
  final Set<String> locked = ConcurrentHashMap.newKeySet();
  final Set<String> told = ConcurrentHashMap.newKeySet();
  final Set<String> closed = ConcurrentHashMap.newKeySet();
  final AtomicInteger asked = new AtomicInteger();
  volatile boolean answers = true;

  void user(String name, PublicKey key) {
    users.put(name, SshKeys.wire(key));
  }

  void node(String name, PublicKey key, Map<String, String> labels) {
    nodeKeys.put(name, SshKeys.wire(key));
    nodes.put(name, new KnownNode(name, labels, Optional.empty(), Optional.empty()));
  }

  @Override
  public Admissions.Admission admit(String user, SocketAddress from, SshPublicKey shown) {
    SshPublicKey known =
        user.startsWith(Proxy.NODE_USER)
            ? nodeKeys.get(user.substring(Proxy.NODE_USER.length()))
            : users.get(user);
    return shown.equals(known)
        ? new Admissions.Admission.Admitted(
            new Credential.Key(shown.type(), shown.fingerprint()), Permissions.ALL, user)
        : new Admissions.Admission.Refused();
  }

  @Override
  public List<KnownNode> nodes() {
    return List.copyOf(nodes.values());
  }

  @Override
  public Optional<String> forbids(Wish wish) {
    return told.contains(wish.user()) ? Optional.of("") : Optional.empty();
  }

  @Override
  public Verdict decide(Wish wish) {
    asked.incrementAndGet();
    if (!answers) {
      return new Verdict.Unanswered();
    }
    return locked.contains(wish.user()) || closed.contains(wish.node().name())
        ? new Verdict.Denied("")
        : new Verdict.Allowed();
  }
}
