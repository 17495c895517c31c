package dev.holdfast.proxy;

import dev.holdfast.link.Destination;
import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.Certified;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.NewCertificate;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that is two files, without roles: whoever stands in the one may reach every node in the
 * other, and the nodes decide as whom. The files are read again when they change, so who is taken
 * out is out.
 *
 * <pre>
 *   ada ssh-ed25519 AAAA… ada@laptop                   a user's key
 *   * cert-authority ssh-ed25519 AAAA…                 whoever has a certificate with his name as principal
 *
 *   web1 env=prod role=web ssh-ed25519 AAAA…           a node's key, by which it opens its control links
 *   old address=10.0.0.7:22                            a node that is dialled
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class FileCluster implements Judge {
  /** Bytes of one file. */
  static final long MOST_BYTES = 16 << 20;

  private final Read<User> users;
  private final Read<Node> nodes;
  private final ProxyLog log;

  /** Of these files; one that is missing has nobody in it. */
  public FileCluster(Path users, Path nodes, ProxyLog log) {
    this.users = new Read<>(users, FileCluster::user);
    this.nodes = new Read<>(nodes, FileCluster::node);
    this.log = log;
  }

  private record User(String name, boolean authority, SshPublicKey key) {
    boolean isFor(String user) {
      return name.equals("*") ? authority : name.equals(user);
    }
  }

  private record Node(KnownNode known, @Nullable SshPublicKey key) {}

  @Override
  public Admissions.Admission admit(String user, SocketAddress from, SshPublicKey shown) {
    if (user.startsWith(Proxy.NODE_USER)) {
      String name = user.substring(Proxy.NODE_USER.length());
      boolean known =
          nodes.now().stream()
              .anyMatch(it -> it.known().name().equals(name) && shown.equals(it.key()));
      return known ? byKey(shown, name) : new Admissions.Admission.Refused();
    }
    if (shown.isCertificate()) {
      return byCertificate(user, from, shown);
    }
    boolean known =
        users.now().stream()
            .anyMatch(it -> !it.authority() && it.isFor(user) && it.key().equals(shown));
    return known ? byKey(shown, user) : new Admissions.Admission.Refused();
  }

  private static Admissions.Admission byKey(SshPublicKey shown, String guest) {
    Credential credential = new Credential.Key(shown.type(), shown.fingerprint());
    return new Admissions.Admission.Admitted(credential, Permissions.ALL, guest);
  }

  private Admissions.Admission byCertificate(String user, SocketAddress from, SshPublicKey shown) {
    Set<SshPublicKey> authorities =
        users.now().stream()
            .filter(it -> it.authority() && it.isFor(user))
            .limit(TrustedAuthorities.MOST)
            .map(User::key)
            .collect(Collectors.toSet());
    InetAddress address =
        from instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress()
            : InetAddress.ofLiteral("0.0.0.0");
    return new TrustedAuthorities(authorities)
                    .judge(shown, NewCertificate.Kind.USER, Instant.now(), address)
                instanceof TrustedAuthorities.Verdict.Good(Certified certified)
            && certified.principals().contains(user)
        ? new Admissions.Admission.Admitted(certified.credential(), certified.permissions(), user)
        : new Admissions.Admission.Refused();
  }

  @Override
  public List<KnownNode> nodes() {
    return nodes.now().stream().map(Node::known).toList();
  }

  @Override
  public Verdict decide(Wish wish) {
    return users.now().stream().anyMatch(it -> it.isFor(wish.user()))
        ? new Verdict.Allowed()
        : new Verdict.Denied("You are no user of this cluster any more.");
  }

  @Override
  public Optional<String> forbids(Wish wish) {
    return decide(wish) instanceof Verdict.Denied(String why) ? Optional.of(why) : Optional.empty();
  }

  // ---- the files ----

  /** How a line is read. */
  private interface Syntax<T> {
    T parse(String[] words) throws MalformedKeyException, BadLineException;
  }

  private static User user(String[] words) throws MalformedKeyException, BadLineException {
    boolean authority = words.length > 1 && words[1].equals("cert-authority");
    int at = authority ? 2 : 1;
    need(words.length > at + 1, "it is not NAME [cert-authority] KEYTYPE BASE64");
    return new User(words[0], authority, SshPublicKey.of(words[at], words[at + 1]));
  }

  private static Node node(String[] words) throws MalformedKeyException, BadLineException {
    String name = words[0].toLowerCase(Locale.ROOT);
    need(name.matches("[a-z0-9._-]{1,200}"), "a node's name is letters, digits, '.', '_' and '-'");
    Map<String, String> labels = new HashMap<>();
    int at = 1;
    for (; at < words.length && words[at].indexOf('=') > 0; at++) {
      int sign = words[at].indexOf('=');
      labels.put(words[at].substring(0, sign), words[at].substring(sign + 1));
    }
    String address = labels.remove("address");
    SshPublicKey key = at + 1 < words.length ? SshPublicKey.of(words[at], words[at + 1]) : null;
    need(key != null || address != null, "it has neither a key nor an address");
    Optional<Destination> where =
        address == null ? Optional.empty() : Optional.of(destination(address));
    return new Node(new KnownNode(name, labels, where, Optional.empty()), key);
  }

  private static Destination destination(String text) throws BadLineException {
    int colon = text.lastIndexOf(':');
    try {
      return new Destination(
          text.substring(0, Math.max(colon, 0)), Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new BadLineException("its address is not HOST:PORT");
    }
  }

  private static void need(boolean holds, String otherwise) throws BadLineException {
    if (!holds) {
      throw new BadLineException(otherwise);
    }
  }

  /** A line is not what it should be. */
  private static final class BadLineException extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    BadLineException(String why) {
      super(why);
    }
  }

  /** What was read of a file, until it changes. */
  private final class Read<T> {
    private final Path file;
    private final Syntax<T> syntax;
    private @Nullable Object version;
    private List<T> lines = List.of();

    Read(Path file, Syntax<T> syntax) {
      this.file = file;
      this.syntax = syntax;
    }

    synchronized List<T> now() {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        List<Object> present =
            List.of(
                attributes.lastModifiedTime(),
                attributes.size(),
                String.valueOf(attributes.fileKey()));
        if (!Objects.equals(present, version)) {
          lines = read(attributes.size());
          version = present;
        }
      } catch (IOException e) {
        if (version != null || lines.isEmpty()) {
          say("can't be read: " + e.getMessage());
        }
        version = null;
        lines = List.of();
      }
      return lines;
    }

    private List<T> read(long size) throws IOException {
      if (size > MOST_BYTES) {
        throw new IOException("it is longer than " + MOST_BYTES + " bytes");
      }
      List<T> found = new ArrayList<>();
      int number = 0;
      for (String line : Files.readString(file, StandardCharsets.UTF_8).split("\n", -1)) {
        number++;
        String bare = line.strip();
        if (!bare.isEmpty() && bare.charAt(0) != '#') {
          try {
            found.add(syntax.parse(bare.split("\\s+")));
          } catch (MalformedKeyException | BadLineException e) {
            say("line " + number + " is not used: " + e.getMessage());
          }
        }
      }
      return List.copyOf(found);
    }

    private void say(String what) {
      log.say(ProxyLog.Weight.WARNING, "cluster-file", file + ": " + what);
    }
  }
}
