package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An object store in memory that speaks S3 as Google Cloud Storage does
 * (cloud.google.com/storage/docs/xml-api): conditions by generation and not by If-None-Match,
 * nothing of Amazon's own such as chunked signatures, trailing checksums and "Expect". It can be
 * told to fail and to be slow. It checks no signatures, but that there is one.
 */
final class GoogleShapedStore implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final Map<String, TreeMap<Integer, byte[]>> uploads = new ConcurrentSkipListMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  final AtomicInteger requests = new AtomicInteger();
  volatile int status;
  volatile int mostUploadPart;

  GoogleShapedStore() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Set<String> names() {
    return new LinkedHashSet<>(objects.keySet());
  }

  byte[] object(String name) {
    return objects.getOrDefault(name, new byte[0]);
  }

  int openUploads() {
    return uploads.size();
  }

  private void serve(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      byte[] body = body(exchange.getRequestBody());
      if (status != 0) {
        answer(exchange, status, "<Error><Code>Told</Code></Error>".getBytes(UTF_8));
        return;
      }
      String wrong = wrong(exchange);
      if (!wrong.isEmpty()) {
        answer(exchange, 400, ("<Error><Code>" + wrong + "</Code></Error>").getBytes(UTF_8));
        return;
      }
      String[] path = exchange.getRequestURI().getPath().split("/", 3);
      String name = path.length < 3 ? "" : path[2];
      serve(exchange, name, query(exchange), body);
    }
  }

  private static byte[] body(InputStream in) throws IOException {
    return in.readAllBytes();
  }

  /** What Google would not understand. */
  private static String wrong(HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    if (!headers.getFirst("Authorization").startsWith("AWS4-HMAC-SHA256 Credential=")) {
      return "AccessDenied";
    }
    boolean amazons =
        headers.keySet().stream()
            .map(it -> it.toLowerCase(java.util.Locale.ROOT))
            .anyMatch(it ->
                it.startsWith("x-amz-checksum")
                    || it.startsWith("x-amz-sdk-checksum")
                    || it.startsWith("x-amz-trailer")
                    || it.equals("if-none-match")
                    || it.equals("expect"));
    boolean chunked =
        String.valueOf(headers.getFirst("x-amz-content-sha256")).startsWith("STREAMING");
    return amazons || chunked ? "NotImplemented" : "";
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String one : raw == null ? new String[0] : raw.split("&", -1)) {
      String[] pair = one.split("=", 2);
      query.put(pair[0], pair.length < 2 ? "" : URLDecoder.decode(pair[1], UTF_8));
    }
    return query;
  }

  private void serve(HttpExchange exchange, String name, Map<String, String> query, byte[] body)
      throws IOException {
    String id = query.getOrDefault("uploadId", "");
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        if (!id.isEmpty()) {
          uploads
              .getOrDefault(id, new TreeMap<>())
              .put(Integer.parseInt(query.getOrDefault("partNumber", "0")), body);
          mostUploadPart = Math.max(mostUploadPart, body.length);
          exchange.getResponseHeaders().set("ETag", tag(body));
          answer(exchange, 200, new byte[0]);
        } else {
          put(exchange, name, body);
        }
      }
      case "POST" -> {
        if (id.isEmpty()) {
          String fresh = "upload" + ids.incrementAndGet();
          uploads.put(fresh, new TreeMap<>());
          answer(
              exchange,
              200,
              "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>"
                  .formatted(fresh)
                  .getBytes(UTF_8));
        } else {
          ByteArrayOutputStream whole = new ByteArrayOutputStream();
          uploads.getOrDefault(id, new TreeMap<>()).values().forEach(whole::writeBytes);
          uploads.remove(id);
          objects.put(name, whole.toByteArray());
          answer(
              exchange,
              200,
              "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
                  .getBytes(UTF_8));
        }
      }
      case "DELETE" -> {
        if (id.isEmpty()) {
          objects.remove(name);
        } else {
          uploads.remove(id);
        }
        answer(exchange, 204, new byte[0]);
      }
      default -> {
        if (query.containsKey("uploads")) {
          answer(
              exchange,
              200,
              "<ListMultipartUploadsResult></ListMultipartUploadsResult>".getBytes(UTF_8));
        } else if (name.isEmpty()) {
          answer(exchange, 200, list(query).getBytes(UTF_8));
        } else {
          get(exchange, name);
        }
      }
    }
  }

  private void put(HttpExchange exchange, String name, byte[] body) throws IOException {
    boolean onlyNew =
        "0".equals(exchange.getRequestHeaders().getFirst("x-goog-if-generation-match"));
    if (onlyNew && objects.putIfAbsent(name, body) != null) {
      answer(exchange, 412, "<Error><Code>PreconditionFailed</Code></Error>".getBytes(UTF_8));
      return;
    }
    objects.put(name, body);
    exchange.getResponseHeaders().set("ETag", tag(body));
    answer(exchange, 200, new byte[0]);
  }

  private void get(HttpExchange exchange, String name) throws IOException {
    byte[] object = objects.get(name);
    if (object == null) {
      answer(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>".getBytes(UTF_8));
      return;
    }
    exchange.getResponseHeaders().set("ETag", tag(object));
    String match = exchange.getRequestHeaders().getFirst("If-Match");
    if (match != null && !match.equals(tag(object))) {
      answer(exchange, 412, "<Error><Code>PreconditionFailed</Code></Error>".getBytes(UTF_8));
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      answer(exchange, 200, object);
      return;
    }
    String[] ends = range.substring("bytes=".length()).split("-", 2);
    int from = Integer.parseInt(ends[0]);
    int to = Math.min(object.length, Integer.parseInt(ends[1]) + 1);
    answer(exchange, 206, Arrays.copyOfRange(object, from, to));
  }

  private String list(Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    String delimiter = query.getOrDefault("delimiter", "");
    StringBuilder keys = new StringBuilder();
    Set<String> below = new LinkedHashSet<>();
    objects.forEach((name, bytes) -> {
      int cut = delimiter.isEmpty() ? -1 : name.indexOf(delimiter, prefix.length());
      if (name.startsWith(prefix) && cut >= 0) {
        below.add(name.substring(0, cut + 1));
      } else if (name.startsWith(prefix)) {
        keys.append(
            "<Contents><Key>%s</Key><Size>%d</Size></Contents>".formatted(name, bytes.length));
      }
    });
    below.forEach(
        it -> keys.append("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>".formatted(it)));
    return "<ListBucketResult><IsTruncated>false</IsTruncated>" + keys + "</ListBucketResult>";
  }

  private static String tag(byte[] bytes) {
    return '"' + Recordings.hash(bytes).substring(0, 32) + '"';
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  /** The names of a recording's objects. */
  List<String> below(String prefix) {
    return objects.keySet().stream().filter(it -> it.startsWith(prefix)).toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
