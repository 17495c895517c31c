package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings at what is shaped like Google Cloud Storage, and what its failures look like. */
final class GoogleStoreTest implements BucketConformance {
  @TempDir Path directory;
  private @Nullable GoogleShapedStore google;

  @BeforeEach
  void start() throws IOException {
    google = new GoogleShapedStore();
  }

  @AfterEach
  void end() {
    google().close();
  }

  private GoogleShapedStore google() {
    if (google == null) {
      throw new IllegalStateException("not started");
    }
    return google;
  }

  private Path credentials() throws IOException {
    Path file = directory.resolve("credentials");
    Files.writeString(
        file, "[default]\naws_access_key_id = GOOG1EXAMPLE\naws_secret_access_key = hush\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Override
  public String url() throws IOException {
    return url(google().url());
  }

  private String url(String endpoint) throws IOException {
    return "gs://bucket/some/prefix?endpoint=%s&credentials=%s".formatted(endpoint, credentials());
  }

  @Test
  void partsOfUploadsAreBigAndTheArchiveIsOneThatTarTakesApart() throws Exception {
    try (RecordingStore store = StoreUrl.parse(url()).open()) {
      for (int i = 0; i < 10; i++) {
        store.put(ONE, i, new byte[1_000_000 + i]);
      }
      store.compose(ONE);
    }
    assertThat(google().names()).containsExactly("some/prefix/" + ONE + ".tar");
    assertThat(google().mostUploadPart).isGreaterThanOrEqualTo(BucketStore.UPLOAD);
    assertThat(google().openUploads()).isZero();
    byte[] tar = google().object("some/prefix/" + ONE + ".tar");
    Process process =
        new ProcessBuilder("tar", "-xf", "-")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    try (var in = process.getOutputStream()) {
      new ByteArrayInputStream(tar).transferTo(in);
    }
    assertThat(
            new String(
                process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .isEmpty();
    assertThat(process.waitFor()).isZero();
    for (int i = 0; i < 10; i++) {
      assertThat(directory.resolve(ONE).resolve("%08d.part".formatted(i))).hasSize(1_000_000 + i);
    }
    assertThat(PartArchive.read(ONE, Arrays.copyOf(tar, 4096)).parts()).hasSize(10);
  }

  @Test
  void oneQuietPartStaysAsItIsWithoutPadding() throws Exception {
    try (RecordingStore store = StoreUrl.parse(url()).open()) {
      store.put(ONE, 0, new byte[100]);
      store.compose(ONE);
    }
    assertThat(google().object("some/prefix/" + ONE + "/00000000.part")).hasSize(100);
    assertThat(google().names()).hasSize(1);
  }

  @Test
  void eachFailureHasItsSentenceAndNoneHasTheKey() throws Exception {
    try (RecordingStore store = StoreUrl.parse(url()).open()) {
      google().status = 503;
      refused(
          store,
          "gs://bucket/some/prefix/ does not take anything now (status 503); try again later.");
      assertThat(google().requests.get()).isGreaterThan(1);
      google().status = 403;
      refused(
          store,
          "gs://bucket/some/prefix/ refuses the auth service's credentials; check them and their"
              + " rights there.");
      google().status = 400;
      refused(
          store, "gs://bucket/some/prefix/ refused a request of the auth service (status 400).");
      google().status = 0;
      store.put(ONE, 0, new byte[10]);
    }
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    try (RecordingStore store = StoreUrl.parse(url("http://127.0.0.1:" + closed)).open()) {
      refused(
          store,
          "gs://bucket/some/prefix/ can't be reached; check the network and the credentials'"
              + " place.");
    }
  }

  private static void refused(RecordingStore store, String sentence) {
    assertThatThrownBy(() -> store.put(ONE, 0, new byte[10]))
        .isInstanceOf(IOException.class)
        .hasMessage(sentence)
        .hasMessageNotContaining("hush");
  }

  @Test
  void credentialsThatEverybodyMayReadAreNotUsed() throws Exception {
    Files.setPosixFilePermissions(credentials(), PosixFilePermissions.fromString("rw-r--r--"));
    String url = "gs://bucket?credentials=" + directory.resolve("credentials");
    assertThatThrownBy(() -> StoreUrl.parse(url).open())
        .hasMessageStartingWith("Everybody may read the credentials in ");
    assertThatThrownBy(() -> StoreUrl.parse(url + "x").open())
        .hasMessageEndingWith("can't be read.");
  }
}
