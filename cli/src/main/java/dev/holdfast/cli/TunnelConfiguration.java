package dev.holdfast.cli;

import dev.holdfast.access.Names;
import dev.holdfast.auth.Membership;
import dev.holdfast.link.Destination;
import dev.holdfast.proxy.NodeIdentity;
import dev.holdfast.proxy.NodeTunnels;
import dev.holdfast.proxy.ProxyLog;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The keys in the sections {@code node} and {@code gate} that are about proxies.
 *
 * @param proxies to hold tunnels open to; none if there is no cluster
 * @param isAlone whether it is to hold none, whatever proxies the cluster has
 * @param name by which users reach it
 * @param labels words such as env=prod
 * @param key the file of the key that it proves itself by
 * @param hasOwnKey whether the configuration names that file
 * @param addresses where it is dialled directly
 * @param proxyKeys the file of the proxies' host keys
 * @param inCluster whether a cluster says who its proxies are
 */
record TunnelConfiguration(
    List<Destination> proxies,
    boolean isAlone,
    String name,
    List<String> labels,
    Path key,
    boolean hasOwnKey,
    List<Destination> addresses,
    Optional<Path> proxyKeys,
    boolean inCluster) {
  /**
   * Reads the keys of its own and leaves the section open.
   *
   * @param called what it is called on the command line; null if nothing
   * @param inCluster whether a cluster says who its proxies are
   */
  static TunnelConfiguration read(
      Section section, Path usualKey, @Nullable String called, boolean inCluster) {
    boolean isNamed = section.has("proxies");
    List<Destination> proxies = section.list("proxies", new ProxyAddress(), List.of());
    String written = section.value("name", new NodeName(), usualName());
    String name = called == null ? written : called;
    List<String> labels = section.list("labels", new Label(), List.of());
    Optional<Path> key = section.value("node-key", Path::of);
    List<Destination> addresses = section.list("address", new DestinationAddress(), List.of());
    Optional<Path> proxyKeys = section.value("proxy-keys", Path::of);
    if (!proxies.isEmpty() && proxyKeys.isEmpty() && !inCluster) {
      section.wrong(
          "proxies",
          "'proxy-keys' has to name a file with the proxies' host keys, or anybody could be one");
    }
    return new TunnelConfiguration(
        proxies,
        isNamed && proxies.isEmpty(),
        name,
        labels,
        key.orElse(usualKey),
        key.isPresent(),
        addresses,
        proxyKeys,
        inCluster);
  }

  /** The key of the file. */
  KeyPair machineKey() throws IOException {
    return HostKeyFiles.loadOrMakeEd25519(key);
  }

  /** Where a node is reached, for its cluster. */
  Supplier<Membership.Places> places(Membership member) {
    List<String> direct = addresses.stream().map(Destination::toString).toList();
    return () -> {
      List<Destination> through =
          isAlone ? List.of() : proxies.isEmpty() ? destinations(member.proxies()) : proxies;
      return new Membership.Places(
          direct,
          through.stream().map(Destination::host).filter(Names::isHost).distinct().toList());
    };
  }

  /** The first part of this machine's name. */
  static String usualName() {
    return hostName().toLowerCase(Locale.ROOT).replaceAll("\\..*|[^a-z0-9_-]", "");
  }

  /** This machine's name, as it says itself. */
  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Begins to hold tunnels open to those that are named; null if there are none. */
  @Nullable NodeTunnels open(NodeTunnels.Adopter adopter, ProxyLog log) throws IOException {
    if (proxies.isEmpty() || proxyKeys.isEmpty()) {
      return null;
    }
    KeyPair pair = machineKey();
    NodeIdentity identity = identity(name, SshKeys.fingerprint(pair.getPublic()), pair);
    return NodeTunnels.start(identity, () -> proxies, check(proxyKeys.get()), adopter, log);
  }

  /**
   * The same to those of a cluster; null if this machine wants none.
   *
   * @param pair by which it is known in the cluster
   */
  @Nullable NodeTunnels open(
      Membership member, KeyPair pair, NodeTunnels.Adopter adopter, ProxyLog log)
      throws IOException {
    if (isAlone) {
      return null;
    }
    Supplier<List<Destination>> where =
        proxies.isEmpty() ? () -> destinations(member.proxies()) : () -> proxies;
    HostKeyCheck check = proxyKeys.isPresent() ? check(proxyKeys.get()) : member.proxyCheck();
    return NodeTunnels.start(
        identity(member.name(), member.id(), pair), where, check, adopter, log);
  }

  private NodeIdentity identity(String called, String id, KeyPair pair) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    labels.forEach(
        it -> all.put(it.substring(0, it.indexOf('=')), it.substring(it.indexOf('=') + 1)));
    return new NodeIdentity(called, id, Version.number(), all, List.of(pair));
  }

  /** Those that can be dialled. */
  private static List<Destination> destinations(List<String> addresses) {
    List<Destination> found = new ArrayList<>();
    for (String address : addresses) {
      try {
        found.add(new ProxyAddress().convert(address));
      } catch (TypeConversionException e) {
        // Of a version that knows other kinds of addresses.
      }
    }
    return found;
  }

  /** Accepts the keys of a file, in lines as in known_hosts or *.pub; the names do not matter. */
  private static HostKeyCheck check(Path file) throws IOException {
    List<SshPublicKey> known = keys(file);
    if (known.isEmpty()) {
      throw new IOException("There is no key in %s.".formatted(file));
    }
    return key -> known.contains(SshKeys.wire(key));
  }

  /** The public keys in a file, whatever else stands in their lines. */
  static List<SshPublicKey> keys(Path file) throws IOException {
    List<SshPublicKey> known = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.strip().split("\\s+", -1);
      for (int i = 0; i + 1 < words.length && !line.startsWith("#"); i++) {
        if (words[i].matches("(ssh|ecdsa|sk)-[a-z0-9@.-]+") && words[i + 1].startsWith("AAAA")) {
          try {
            known.add(SshPublicKey.of(words[i], words[i + 1]));
          } catch (MalformedKeyException e) {
            throw new IOException(
                "A key in %s can't be used: %s.".formatted(file, e.getMessage()), e);
          }
        }
      }
    }
    return known;
  }

  /** The settings that count, as they would be written; nothing where nobody leads here. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    if (proxies.isEmpty() && !inCluster) {
      return all;
    }
    if (!proxies.isEmpty() || isAlone) {
      all.put("proxies", proxies);
    }
    all.put("name", name);
    all.put("labels", labels);
    if (hasOwnKey || !inCluster) {
      all.put("node-key", key);
    }
    if (!addresses.isEmpty()) {
      all.put("address", addresses);
    }
    proxyKeys.ifPresent(file -> all.put("proxy-keys", file));
    return all;
  }

  /** Reads HOST[:PORT]. */
  static final class ProxyAddress implements ITypeConverter<Destination> {
    @Override
    public Destination convert(String text) {
      boolean hasPort = text.lastIndexOf(':') > text.lastIndexOf(']');
      String whole = hasPort ? text : text + ":" + ProxyConfiguration.PORT;
      return new DestinationAddress().convert(whole);
    }
  }

  /** Reads the name of a node. */
  static final class NodeName implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!text.matches("[a-z0-9][a-z0-9._-]{0,199}")) {
        throw new TypeConversionException(
            "'" + text + "' is no name: small letters, digits, '.', '_' and '-'");
      }
      return text;
    }
  }

  /** Reads NAME=VALUE. */
  private static final class Label implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!text.matches("[A-Za-z0-9._/-]+=[A-Za-z0-9._:/+-]+")) {
        throw new TypeConversionException("'" + text + "' is not NAME=VALUE");
      }
      return text;
    }
  }
}
