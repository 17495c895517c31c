package dev.holdfast.cli;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The keys in the sections {@code node} and {@code gate} that are about proxies.
 *
 * @param proxies to hold tunnels open to; none if there is no cluster
 * @param name by which users reach it
 * @param labels words such as env=prod
 * @param key the file of the key that it proves itself by
 * @param proxyKeys the file of the proxies' host keys
 */
record TunnelConfiguration(
    List<Destination> proxies,
    String name,
    List<String> labels,
    Path key,
    Optional<Path> proxyKeys) {
  /** Reads the keys of its own and leaves the section open. */
  static TunnelConfiguration read(Section section, Path usualKey) {
    List<Destination> proxies = section.list("proxies", new ProxyAddress(), List.of());
    String name = section.value("name", new NodeName(), usualName());
    List<String> labels = section.list("labels", new Label(), List.of());
    Path key = section.value("node-key", Path::of, usualKey);
    Optional<Path> proxyKeys = section.value("proxy-keys", Path::of);
    if (!proxies.isEmpty() && proxyKeys.isEmpty()) {
      section.wrong(
          "proxies",
          "'proxy-keys' has to name a file with the proxies' host keys, or anybody could be one");
    }
    return new TunnelConfiguration(proxies, name, labels, key, proxyKeys);
  }

  /** The first part of this machine's name. */
  private static String usualName() {
    try {
      return InetAddress.getLocalHost()
          .getHostName()
          .toLowerCase(Locale.ROOT)
          .replaceAll("\\..*|[^a-z0-9_-]", "");
    } catch (UnknownHostException e) {
      return "node";
    }
  }

  /** Begins to hold tunnels open; null if there is nowhere to. */
  @Nullable NodeTunnels open(NodeTunnels.Adopter adopter, ProxyLog log) throws IOException {
    if (proxies.isEmpty() || proxyKeys.isEmpty()) {
      return null;
    }
    Map<String, String> all = new LinkedHashMap<>();
    labels.forEach(
        it -> all.put(it.substring(0, it.indexOf('=')), it.substring(it.indexOf('=') + 1)));
    var pair = HostKeyFiles.loadOrMakeEd25519(key);
    NodeIdentity identity =
        new NodeIdentity(
            name, SshKeys.fingerprint(pair.getPublic()), Version.number(), all, List.of(pair));
    return NodeTunnels.start(identity, proxies, check(proxyKeys.get()), adopter, log);
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

  /** The settings that count, as they would be written; nothing without proxies. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    if (!proxies.isEmpty()) {
      all.put("proxies", proxies);
      all.put("name", name);
      all.put("labels", labels);
      all.put("node-key", key);
      proxyKeys.ifPresent(file -> all.put("proxy-keys", file));
    }
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
  private static final class NodeName implements ITypeConverter<String> {
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
