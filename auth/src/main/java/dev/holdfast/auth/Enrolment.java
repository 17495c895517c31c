package dev.holdfast.auth;

import dev.holdfast.access.Authority;
import dev.holdfast.access.Json;
import dev.holdfast.access.Records;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.WrongShapeException;
import dev.holdfast.link.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a machine keeps of its cluster between two starts, in a file of JSON: nothing of it is
 * secret, for what it proves itself by is its host key.
 *
 * @param cluster the cluster's name
 * @param name the machine's
 * @param id given to it when it joined
 * @param fingerprint of the key that it joined with
 * @param certificate of that key, as a line; empty if there is none
 * @param authorities that were believed last
 */
record Enrolment(
    String cluster,
    ServiceKind kind,
    String name,
    String id,
    String fingerprint,
    String certificate,
    List<Authority> authorities) {
  /** The name of the file in a service's state directory. */
  static final String FILE = "cluster.json";

  Enrolment {
    authorities = List.copyOf(authorities);
  }

  /** Whether the authority with that fingerprint was believed last. */
  boolean believes(Authority.Kind authority, String print) {
    return authorities.stream()
        .anyMatch(one -> one.kind() == authority && one.fingerprint().equals(print));
  }

  Enrolment with(List<Authority> believed) {
    return new Enrolment(cluster, kind, name, id, fingerprint, certificate, believed);
  }

  Enrolment with(String newCertificate) {
    return new Enrolment(cluster, kind, name, id, fingerprint, newCertificate, authorities);
  }

  /** What was kept, if anything was. */
  static Optional<Enrolment> load(Path file) throws IOException {
    try {
      return Optional.of(Records.readOfPeer(Json.parse(Files.readString(file)), Enrolment.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (WrongShapeException e) {
      throw new IOException(
          "%s is not what a machine keeps of its cluster (%s); remove it, and join anew."
              .formatted(file, e.sentence()),
          e);
    }
  }

  /** Keeps it; the file is replaced as a whole. */
  void save(Path file) throws IOException {
    WholeFile.replace(file, Records.write(this).line() + "\n", WholeFile.PUBLIC);
  }
}
