package dev.holdfast.cli;

import dev.holdfast.access.Authority;
import dev.holdfast.access.Json;
import dev.holdfast.access.Names;
import dev.holdfast.access.Records;
import dev.holdfast.access.WrongShapeException;
import dev.holdfast.link.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The profiles of this user, a directory for each cluster, under {@code
 * ~/.config/holdfast/profiles}. Plain files, no symbolic links; each is replaced as a whole.
 *
 * <pre>
 *   profiles/current                the name of the cluster that is meant if none is said
 *   profiles/CLUSTER/profile.json
 *   profiles/CLUSTER/id             the private key, 0600
 *   profiles/CLUSTER/id.pub
 *   profiles/CLUSTER/id-cert.pub    its certificate
 *   profiles/CLUSTER/known_hosts    the authorities of the cluster's hosts
 *   profiles/CLUSTER/ssh_config     how ssh reaches its nodes
 * </pre>
 */
final class Profiles {
  private static final String FILE = "profile.json";
  private static final String CURRENT = "current";
  private static final int MOST_PROFILES = 1_000;

  private final Path root;

  Profiles(Path root) {
    this.root = root;
  }

  /** Those of the user who runs this process. */
  static Profiles ofUser() {
    String config = System.getenv("XDG_CONFIG_HOME");
    Path directory =
        config == null || config.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(config);
    return new Profiles(directory.resolve("holdfast").resolve("profiles"));
  }

  /** The files of one. */
  record ProfileFiles(Path directory) {
    Path key() {
      return directory.resolve("id");
    }

    Path publicKey() {
      return directory.resolve("id.pub");
    }

    Path certificate() {
      return directory.resolve("id-cert.pub");
    }

    /** What ssh has to know, see {@link ClusterSshConfig}. */
    Path sshConfig() {
      return directory.resolve("ssh_config");
    }

    Path knownHosts() {
      return directory.resolve("known_hosts");
    }
  }

  ProfileFiles files(String cluster) {
    return new ProfileFiles(root.resolve(cluster));
  }

  /**
   * The profile of that cluster, or the one that is meant without a name.
   *
   * @throws IOException if there is none, with what to do
   */
  Profile find(@Nullable String cluster) throws IOException {
    String name = cluster == null ? current() : cluster;
    if (!Names.isHost(name)) {
      throw new IOException("'%s' is not the name of a cluster.".formatted(name));
    }
    return read(name)
        .orElseThrow(() ->
            new IOException(
                "You are not logged in to %s; see 'holdfast login --help'.".formatted(name)));
  }

  /** The name of the cluster that is meant if none is said; empty if that can't be told. */
  String currentOrNone() {
    try {
      return current();
    } catch (IOException e) {
      return "";
    }
  }

  private String current() throws IOException {
    try {
      return Files.readString(root.resolve(CURRENT)).strip();
    } catch (NoSuchFileException e) {
      List<Profile> all = all();
      if (all.size() == 1) {
        return all.getFirst().cluster();
      }
      throw new IOException(
          all.isEmpty()
              ? "You are not logged in to a cluster; see 'holdfast login --help'."
              : "You are logged in to several clusters; name one with --cluster.",
          e);
    }
  }

  List<Profile> all() throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    List<Profile> all = new ArrayList<>();
    try (Stream<Path> names = Files.list(root)) {
      for (Path name : names.sorted().limit(MOST_PROFILES).toList()) {
        read(name.getFileName().toString()).ifPresent(all::add);
      }
    }
    return all;
  }

  private Optional<Profile> read(String cluster) throws IOException {
    Path file = root.resolve(cluster).resolve(FILE);
    try {
      return Optional.of(Records.readOfPeer(Json.parse(Files.readString(file)), Profile.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (WrongShapeException e) {
      throw new IOException("%s is not a profile: %s.".formatted(file, e.sentence()), e);
    } catch (java.nio.file.FileSystemException e) {
      return Optional.empty();
    }
  }

  /** Writes a profile, and makes it the one that is meant without a name. */
  void write(Profile profile) throws IOException {
    ProfileFiles files = files(profile.cluster());
    directory(files.directory());
    WholeFile.replace(files.knownHosts(), knownHosts(profile), WholeFile.OWN);
    WholeFile.replace(
        files.directory().resolve(FILE), Records.write(profile).line() + "\n", WholeFile.OWN);
    WholeFile.replace(root.resolve(CURRENT), profile.cluster() + "\n", WholeFile.OWN);
  }

  private static String knownHosts(Profile profile) {
    StringBuilder lines = new StringBuilder();
    for (Authority one : profile.authorities()) {
      if (one.kind() == Authority.Kind.HOST) {
        lines.append("@cert-authority *.").append(profile.cluster()).append(' ');
        lines.append(one.key()).append(" holdfast-").append(profile.cluster()).append('\n');
      }
    }
    return lines.toString();
  }

  /** Only its owner gets in. */
  static void directory(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Removes a profile with its key and certificate. */
  void remove(Profile profile) throws IOException {
    ProfileFiles files = files(profile.cluster());
    for (Path file :
        List.of(
            files.key(),
            files.publicKey(),
            files.certificate(),
            files.knownHosts(),
            files.sshConfig(),
            files.directory().resolve(FILE),
            files.directory())) {
      Files.deleteIfExists(file);
    }
    if (Files.exists(root.resolve(CURRENT)) && current().equals(profile.cluster())) {
      Files.delete(root.resolve(CURRENT));
    }
  }
}
