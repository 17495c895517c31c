package dev.holdfast.auth;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** An S3 server, org.gaul:s3proxy, as a process, with files in a directory. */
final class S3Proxy implements AutoCloseable {
  /** Where the build puts its jars. */
  private static final Path JARS = Path.of("..", "testkit", "s3proxy", "target", "lib");

  /** These go first: the server's own choice of versions does not work together. */
  private static final List<String> FIRST = List.of("jackson-annotations-", "jackson-databind-");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final int port;
  private @Nullable Process process;

  private S3Proxy(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /** Starts one that has the bucket "recordings". */
  static S3Proxy start(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("store").resolve("recordings"));
    credentials(directory.resolve("right"), "hush");
    credentials(directory.resolve("wrong"), "hash");
    S3Proxy proxy = new S3Proxy(directory, freePort());
    proxy.begin();
    return proxy;
  }

  private static void credentials(Path file, String secret) throws IOException {
    Files.writeString(
        file, "[default]\naws_access_key_id = test\naws_secret_access_key = " + secret + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  void begin() throws IOException {
    Path properties =
        Files.writeString(
            directory.resolve("s3proxy.conf"),
            """
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.identity=test
            s3proxy.credential=hush
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, directory.resolve("store")));
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("s3proxy.log").toFile())
            .start();
    Awaitility.await("the S3 server").atMost(PATIENCE).until(this::answers);
  }

  private static String classPath() throws IOException {
    try (Stream<Path> jars = Files.list(JARS)) {
      List<String> all = jars.map(Path::toString).sorted().toList();
      Stream<String> first = all.stream().filter(S3Proxy::isFirst);
      Stream<String> rest = all.stream().filter(it -> !isFirst(it));
      return String.join(File.pathSeparator, Stream.concat(first, rest).toList());
    }
  }

  private static boolean isFirst(String jar) {
    return FIRST.stream().anyMatch(it -> Path.of(jar).getFileName().toString().startsWith(it));
  }

  private boolean answers() throws IOException {
    if (process != null && !process.isAlive()) {
      throw new IOException(Files.readString(directory.resolve("s3proxy.log")));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /** The URL of a bucket and a prefix in it. */
  String url(String place) {
    return url(place, port);
  }

  /** The same by another port. */
  String url(String place, int by) {
    return "s3://%s?endpoint=http://127.0.0.1:%d&region=us-east-1&credentials=%s"
        .formatted(place, by, directory.resolve("right"));
  }

  String urlWithWrongKey(String place) {
    return url(place)
        .replace(directory.resolve("right").toString(), directory.resolve("wrong").toString());
  }

  /** Ends it as a crash does. */
  void kill() throws IOException {
    if (process != null) {
      process.destroyForcibly();
      try {
        process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}
