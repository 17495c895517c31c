package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What we understand of a configuration against what {@code ssh -G} says of it. */
final class ClientConfigAgainstSshTest {
  private static final Path SSH = Path.of("/usr/bin/ssh");
  private static final long PATIENCE_SECONDS = 60;
  private static final int RANDOM_CONFIGURATIONS = 250;

  /** What Debian or the versions of OpenSSH have different values for. */
  private static final Set<String> NOT_COMPARED =
      Set.of(
          "xauthlocation",
          "securitykeyprovider",
          "hashknownhosts",
          "pkcs11provider",
          "ipqos",
          "canonicalizepermittedcnames",
          "revokedhostkeys",
          "obscurekeystroketiming");

  /** Compared where the configuration says something of them. */
  private static final Set<String> DEFAULTS_DIFFER =
      Set.of("forwardx11trusted", "sendenv", "dynamicforward");

  private static final Map<String, String> LISTS =
      Map.of(
          "ciphers", "cipher",
          "macs", "mac",
          "kexalgorithms", "kex",
          "hostkeyalgorithms", "key-sig",
          "pubkeyacceptedalgorithms", "key-sig",
          "hostbasedacceptedalgorithms", "key-sig",
          "casignaturealgorithms", "sig");

  @TempDir Path directory;

  @BeforeEach
  void needsSsh() {
    assumeTrue(Files.isExecutable(SSH), "SKIPPED: needs OpenSSH's client (openssh-client)");
  }

  /** Configurations as people write them, right and wrong, parted by lines of dashes. */
  static Stream<String> cases() throws IOException {
    return Stream.of(Files.readString(Path.of("src/test/config/cases")).split("\n----\n", -1));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isReadAsBySsh(String config) throws Exception {
    compare(config, List.of(), "example");
  }

  @Test
  void optionsOfTheCommandLineComeFirst() throws Exception {
    compare("Port 1\nUser x\nIdentityFile b", List.of("Port=2", "IdentityFile a"), "example");
    compare("Host *", List.of("Port 2", "Port 3", " User = \"a b\""), "example");
    compare("Host *", List.of("Port"), "example");
    compare("Host *", List.of("Host x"), "example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example",
        "EXAMPLE",
        "::1",
        "0:0::1",
        "10.0.0.1",
        "a.b.example",
        "-x",
        "a;b",
        "a b"
      })
  void theHostIsTakenAsBySsh(String host) throws Exception {
    compare("Host *\n UserKnownHostsFile %h-%n-%k", List.of(), host);
  }

  @Test
  void includesAreFoundAndKeepTheirBlocks() throws Exception {
    Path parts = Files.createDirectory(directory.resolve("parts"));
    Files.writeString(parts.resolve("a.conf"), "User a\nHost other\nPort 1\n");
    Files.writeString(parts.resolve("b.conf"), "Host example\nPort 2\nHost other\nUser b\n");
    Files.writeString(parts.resolve(".hidden.conf"), "Port 9\n");
    Files.writeString(directory.resolve("loop"), "Include " + directory.resolve("loop") + "\n");
    compare("Include " + parts + "/*.conf\nUser late\nServerAliveInterval 5", List.of(), "example");
    compare("Include " + parts + "/b* " + parts + "/[a].conf", List.of(), "example");
    compare("Host other\nInclude " + parts + "/*\nHost *\nPort 4", List.of(), "example");
    compare(
        "Host example\nInclude " + parts + "/?.conf\nServerAliveInterval 4", List.of(), "example");
    compare("Include " + parts + "/none* /no/such/file\nPort 4", List.of(), "example");
    compare("Include " + directory.resolve("loop"), List.of(), "example");
    compare("Include ${HOME}/no-such-file-%u\nPort 4", List.of(), "example");
  }

  @Test
  void aFileThatOthersCanWriteIsRefused() throws Exception {
    Path open = Files.writeString(directory.resolve("open"), "Port 5\n");
    Files.setPosixFilePermissions(
        open, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
    compare("Include " + open, List.of(), "example");
  }

  @Test
  void manyRandomConfigurationsAreReadAsBySsh() throws Exception {
    for (int seed = 0; seed < RANDOM_CONFIGURATIONS; seed++) {
      RandomConfig random = new RandomConfig(seed);
      compare(random.text(), random.options(), random.host());
    }
  }

  private void compare(String config, List<String> options, String host) throws Exception {
    Path file = Files.writeString(directory.resolve("config"), config + "\n");
    Optional<Map<String, List<String>>> theirs = ssh(file, options, host);
    Optional<Map<String, List<String>>> ours = ours(file, options, host);
    String what = config + "\n-- with " + options + " for " + host;
    assertThat(ours.isPresent()).as("%s: is accepted", what).isEqualTo(theirs.isPresent());
    if (theirs.isPresent()) {
      Map<String, List<String>> expected = new TreeMap<>(theirs.get());
      Map<String, List<String>> found = new TreeMap<>(ours.orElseThrow());
      String all = (config + options).toLowerCase(java.util.Locale.ROOT);
      expected.keySet().removeIf(key -> isSkipped(key, all));
      found.keySet().removeIf(key -> isSkipped(key, all) || key.startsWith("holdfast"));
      found
          .keySet()
          .removeIf(key ->
              Set.of("warnweakcrypto", "versionaddendum", "tag", "channeltimeout").contains(key));
      expected.computeIfPresent("identityfile", (_, files) -> withoutOldKeys(files));
      assertThat(differences(found, expected)).as("%s", what).isEmpty();
    }
  }

  private static List<String> differences(
      Map<String, List<String>> found, Map<String, List<String>> expected) {
    Set<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(found.keySet());
    return keys.stream()
        .filter(key -> !Objects.equals(found.get(key), expected.get(key)))
        .map(key -> key + ": ssh says " + expected.get(key) + ", we " + found.get(key))
        .toList();
  }

  /** Older versions look for keys that newer ones, and we, do not know. */
  private static List<String> withoutOldKeys(List<String> files) {
    return files.stream().filter(file -> !file.matches("~/.ssh/id_(xmss|dsa)")).toList();
  }

  private static boolean isSkipped(String key, String config) {
    return NOT_COMPARED.contains(key)
        || (key.equals("serveraliveinterval") && config.contains("batchmode"))
        || key.startsWith("gssapi")
        || (DEFAULTS_DIFFER.contains(key) && !config.contains(key));
  }

  private Optional<Map<String, List<String>>> ours(Path file, List<String> options, String host)
      throws Exception {
    ClientConfig config;
    try {
      config =
          ClientConfig.read(
              new ConfigQuery(host, options, Optional.of(file.toString()), ""),
              Surroundings.ofProcess());
    } catch (ConfigFailure e) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>(config.listing());
    lines.removeIf(line -> LISTS.containsKey(line.split(" ", 2)[0]));
    for (String keyword : LISTS.keySet()) {
      ClientOption<?> option = Objects.requireNonNull(ClientOptions.named(keyword));
      AlgorithmList names = (AlgorithmList) config.get(option);
      List<String> all = sshKnows(Objects.requireNonNull(LISTS.get(keyword)));
      List<String> meant = names.among(sshDefaults(keyword), all);
      if (meant.isEmpty()) {
        return Optional.empty();
      }
      lines.add(keyword + " " + String.join(",", meant));
    }
    return Optional.of(byKeyword(lines));
  }

  private List<String> sshDefaults(String keyword) throws Exception {
    Path none = Files.writeString(directory.resolve("empty"), "");
    Map<String, List<String>> all = ssh(none, List.of(), "example").orElseThrow();
    return List.of(Objects.requireNonNull(all.get(keyword)).getFirst().split(",", -1));
  }

  private static final Map<String, List<String>> KNOWN = new LinkedHashMap<>();

  private List<String> sshKnows(String feature) throws Exception {
    List<String> known = KNOWN.get(feature);
    if (known == null) {
      known = run(List.of("ssh", "-Q", feature)).orElseThrow().lines().toList();
      KNOWN.put(feature, known);
    }
    return known;
  }

  private Optional<Map<String, List<String>>> ssh(Path file, List<String> options, String host)
      throws Exception {
    List<String> words = new ArrayList<>(List.of("ssh", "-G", "-F", file.toString()));
    options.forEach(option -> words.addAll(List.of("-o", option)));
    words.add("--");
    words.add(host);
    return run(words).map(text -> byKeyword(text.lines().toList()));
  }

  private static Map<String, List<String>> byKeyword(List<String> lines) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String line : lines) {
      String[] parts = line.split(" ", 2);
      String value = parts.length > 1 ? parts[1].strip() : "";
      all.computeIfAbsent(parts[0].toLowerCase(java.util.Locale.ROOT), _ -> new ArrayList<>())
          .add(value);
    }
    return all;
  }

  private static Optional<String> run(List<String> words) throws Exception {
    Process process =
        new ProcessBuilder(words)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0 ? Optional.of(out) : Optional.empty();
  }
}
