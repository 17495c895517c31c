package dev.holdfast.cli;

import dev.holdfast.auth.Membership;
import dev.holdfast.link.Destination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;

/**
 * The section {@code cluster} of a configuration: the cluster that the services of this process
 * belong to.
 *
 * @param auth where its auth services are; none if one is in this process
 * @param tokens to join with at the first start
 * @param tokenFile a file with such tokens, a line each
 * @param pin the fingerprint of the cluster's host authority, if the token's is not to count
 * @param only whether the cluster alone lets anybody in to a node
 */
record ClusterConfiguration(
    List<Destination> auth,
    List<String> tokens,
    Optional<Path> tokenFile,
    Optional<String> pin,
    boolean only) {
  /** Tokens of one file. */
  private static final int MOST_TOKENS = 16;

  /** Reads the section; {@code options} win. */
  static ClusterConfiguration read(Section section, ServeOptions options, boolean hasAuth) {
    List<Destination> auth = section.list("auth", new Address(), List.of());
    List<String> tokens = section.list("token", text -> text, List.of());
    AuthAddress other = options.cluster;
    String join = options.join;
    ClusterConfiguration read =
        new ClusterConfiguration(
            other == null ? auth : List.of(other.destination()),
            join == null ? tokens : List.of(join),
            section.value("token-file", Path::of),
            section.value("pin", text -> text),
            section.value("only", new YesNo(), false));
    if (read.auth.isEmpty() && !hasAuth) {
      section.wrong("auth", "it has to say where the cluster's auth service is, HOST[:PORT]");
    }
    section.end();
    return read;
  }

  /** How to come to the auth services; tokens are read when they are needed. */
  Membership.Entry entry() throws IOException {
    List<String> all = tokens;
    if (all.isEmpty() && tokenFile.isPresent() && Files.exists(tokenFile.get())) {
      all =
          Files.readString(tokenFile.get())
              .lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .limit(MOST_TOKENS)
              .toList();
    }
    return new Membership.Entry(auth, all, pin);
  }

  /** The settings that count, as they would be written; without tokens. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("auth", auth);
    tokenFile.ifPresent(file -> all.put("token-file", file));
    pin.ifPresent(it -> all.put("pin", it));
    all.put("only", only ? "yes" : "no");
    return all;
  }

  @Override
  public String toString() {
    return "ClusterConfiguration" + effective();
  }

  /** Reads HOST[:PORT]. */
  private static final class Address implements ITypeConverter<Destination> {
    @Override
    public Destination convert(String text) {
      return new AuthAddress(text).destination();
    }
  }
}
