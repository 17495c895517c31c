package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorTest {
  private static final String PAGE =
      "GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
  private static final String DATA = "GET / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
  private static final String START = "GET / HTTP/1.1\r\nHost: start.localhost\r\n\r\n";

  private final TestServers servers = new TestServers();
  private final LocalFar far = new LocalFar();
  private final List<String> opened = new CopyOnWriteArrayList<>();
  private final Room room =
      new SocksRoom(
          far,
          new Reach(false, Set::of),
          new PageServer(() -> Set.of(Reach.START), _ -> PageAnswer.text(200, "the start page")),
          (host, port) -> opened.add(host + ":" + port));

  @AfterEach
  void close() throws IOException {
    servers.close();
  }

  private void refused() {
    opened.add("refused");
  }

  private Door forAll() throws IOException {
    return Door.onLoopback(0, _ -> true, room, this::refused);
  }

  @Test
  void leadsToTheServer() throws IOException {
    int port = servers.page("hello");
    try (Door door = forAll()) {
      for (String host : List.of("localhost", "127.0.0.1", "foo.localhost", "0.0.0.0")) {
        assertThat(SocksClient.ask(door.port(), host, port, PAGE)).as(host).endsWith("hello");
      }
    }
    assertThat(opened).contains("localhost:" + port, "127.0.0.1:" + port);
  }

  @Test
  void servesTheStartPageWithoutTheServer() throws IOException {
    try (Door door = forAll()) {
      assertThat(SocksClient.ask(door.port(), "start.localhost", 80, START))
          .endsWith("the start page\n");
    }
    assertThat(far.opened).isEmpty();
  }

  @Test
  void saysWhyAPageCannotBeReachedAndEndsAllElse() throws IOException {
    int port = servers.page("x");
    servers.close();
    try (Door door = forAll()) {
      assertThat(SocksClient.ask(door.port(), "localhost", port, PAGE))
          .startsWith("HTTP/1.1 502")
          .contains("Nothing runs at localhost:" + port)
          .contains("data-again=\"yes\"");
      assertThat(SocksClient.ask(door.port(), "localhost", port, DATA)).isEmpty();
      assertThat(SocksClient.ask(door.port(), "localhost", port, "\u0016\u0003\u0001")).isEmpty();
    }
  }

  @Test
  void leadsNowhereElse() throws IOException {
    try (Door door = forAll()) {
      assertThat(SocksClient.ask(door.port(), "example.com", 443, "")).isEqualTo("code 2");
      assertThat(SocksClient.ask(door.port(), "example.com", 80, PAGE))
          .startsWith("HTTP/1.1 403")
          .contains("only reaches ann@build.example");
      assertThat(SocksClient.ask(door.port(), "example.com", 80, DATA)).isEmpty();
    }
    assertThat(far.opened).isEmpty();
  }

  @Test
  void isClosedToOthers() throws IOException {
    try (Door door = Door.onLoopback(0, _ -> false, room, this::refused)) {
      assertThat(SocksClient.ask(door.port(), "start.localhost", 80, START)).isEqualTo("closed");
      assertThat(door.refusals()).isEqualTo(1);
    }
    assertThat(opened).containsExactly("refused");
  }

  @Test
  void isTheOwnersAloneAsASocket(@TempDir Path directory) throws IOException {
    Path socket = directory.resolve("door");
    try (Door _ = Door.onSocket(socket, room)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
    }
  }
}
