package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.access.NodeRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings at a real S3 server, in a process of its own. */
final class S3ProxyTest implements BucketConformance {
  @TempDir static Path directory;
  private static @Nullable S3Proxy server;
  private static final AtomicInteger prefixes = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    server = S3Proxy.start(directory);
  }

  @AfterAll
  static void end() throws Exception {
    server().close();
  }

  private static S3Proxy server() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server;
  }

  @Override
  public String url() throws IOException {
    return server().url("recordings/p" + prefixes.incrementAndGet());
  }

  @Test
  void aBucketThatIsNotThereAndWrongKeysHaveTheirSentences() throws Exception {
    try (RecordingStore store = StoreUrl.parse(server().url("nowhere")).open()) {
      assertThatThrownBy(() -> store.put(ONE, 0, new byte[1]))
          .hasMessage("There is no bucket nowhere; make it, or correct the URL of the store.");
      assertThatThrownBy(() -> store.get(ONE, 0))
          .hasMessage("There is no bucket nowhere; make it, or correct the URL of the store.");
    }
    try (RecordingStore store = StoreUrl.parse(server().urlWithWrongKey("recordings")).open()) {
      assertThatThrownBy(() -> store.put(ONE, 0, new byte[1]))
          .hasMessage(
              "s3://recordings/ refuses the auth service's credentials; check them and their"
                  + " rights there.");
    }
  }

  @Test
  void aServerThatWasAwayTakesThePartAfterwards() throws Exception {
    try (RecordingStore store = StoreUrl.parse(url()).open()) {
      store.put(ONE, 0, new byte[] {1});
      server().kill();
      assertThatThrownBy(() -> store.put(ONE, 1, new byte[] {2}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("can't be reached");
      server().begin();
      store.put(ONE, 1, new byte[] {2});
      assertThat(store.parts(ONE)).containsExactly(0, 1);
    }
  }

  /** What was not stored is not acknowledged, and can be put again, as a node's recorder does. */
  @Test
  void aServerThatTakesNothingNowIsNamedAndTakesThePartLater() throws Exception {
    Database database = Database.open("sqlite:" + directory.resolve("list.db"));
    try (RecordingStore store = StoreUrl.parse(url()).open()) {
      Recordings recordings = new Recordings(database, new AuditTrail(database), store);
      NodeRecord node = RecordingConformance.NODE;
      recordings.put(node, ONE, 0, new byte[] {1});
      server().kill();
      AtomicInteger asked = new AtomicInteger();
      HttpServer busy = busy(asked);
      try {
        assertThatThrownBy(() -> recordings.put(node, ONE, 1, new byte[] {2}))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("does not take anything now (status 503); try again later.");
      } finally {
        busy.stop(0);
        server().begin();
      }
      // Of three attempts the first may have met a connection of the server before.
      assertThat(asked.get()).isBetween(2, 6);
      assertThat(recordings.ownParts(node, ONE)).containsExactly(0);
      recordings.put(node, ONE, 1, new byte[] {2});
      assertThat(recordings.ownParts(node, ONE)).containsExactly(0, 1);
      assertThat(store.get(ONE, 1)).hasValueSatisfying(it -> assertThat(it).containsExactly(2));
    } finally {
      database.close();
    }
  }

  /** One in the place of the server that says 503 to everything. */
  private static HttpServer busy(AtomicInteger asked) throws IOException {
    HttpServer busy =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server().port()), 0);
    busy.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    busy.start();
    return busy;
  }

  @Test
  void aSlowWayTakesLongerAndNothingIsLost() throws Exception {
    byte[] part = new byte[250_000];
    try (SlowRelay relay = new SlowRelay(server().port(), 1_000_000);
        RecordingStore store =
            StoreUrl.parse(server().url("recordings/slow", relay.port())).open()) {
      long before = System.nanoTime();
      store.put(ONE, 0, part);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofSeconds(1));
      assertThat(store.get(ONE, 0)).hasValueSatisfying(it -> assertThat(it).isEqualTo(part));
    }
  }
}
