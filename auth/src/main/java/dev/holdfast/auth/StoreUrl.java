package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where recordings are kept: {@code file:///DIRECTORY}, {@code s3://BUCKET/PREFIX}, {@code
 * gs://BUCKET/PREFIX}; the last two with {@code ?endpoint=URL&region=NAME&credentials=FILE
 * &profile=NAME}. There are no keys in it: it is shown and logged.
 */
sealed interface StoreUrl {
  /** What may be said of an object store. */
  Set<String> OPTIONS = Set.of("endpoint", "region", "credentials", "profile");

  /** A directory, each part a file. */
  record Directory(Path path) implements StoreUrl {}

  /**
   * A bucket.
   *
   * @param google whether it is of Google Cloud Storage
   * @param prefix of all names in it: empty, or ends with a slash
   * @param endpoint of what speaks S3; nothing for Amazon or Google themselves
   * @param credentials a file in the form of AWS's; nothing for the usual places
   */
  record Bucket(
      boolean google,
      String bucket,
      String prefix,
      Optional<URI> endpoint,
      Optional<String> region,
      Optional<Path> credentials,
      Optional<String> profile)
      implements StoreUrl {
    String place() {
      return (google ? "gs://" : "s3://") + bucket + "/" + prefix;
    }
  }

  /** Reads a URL; what is wrong is an {@link InvalidRecordException} with a sentence. */
  static StoreUrl parse(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
    if (uri.getRawUserInfo() != null) {
      throw new InvalidRecordException(
          "Keys do not belong into the URL of a store; put them into a file and name it with"
              + " ?credentials=FILE.");
    }
    return switch (uri.getScheme()) {
      case "file" -> directory(uri);
      case "s3" -> bucket(uri, false);
      case "gs" -> bucket(uri, true);
      case null, default -> throw unknown();
    };
  }

  private static InvalidRecordException unknown() {
    return new InvalidRecordException(
        "A store of recordings is file:///DIRECTORY, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX.");
  }

  private static StoreUrl directory(URI uri) {
    if (uri.getPath() == null || !uri.getPath().startsWith("/") || uri.getAuthority() != null) {
      throw unknown();
    }
    return new Directory(Path.of(uri.getPath()));
  }

  private static StoreUrl bucket(URI uri, boolean google) {
    String bucket = uri.getAuthority();
    if (bucket == null || !bucket.matches("[a-z0-9][a-z0-9._-]{1,221}")) {
      throw unknown();
    }
    String prefix = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/+", "");
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      prefix += "/";
    }
    Map<String, String> options = options(uri);
    return new Bucket(
        google,
        bucket,
        prefix,
        Optional.ofNullable(options.get("endpoint")).map(StoreUrl::endpoint),
        Optional.ofNullable(options.get("region")),
        Optional.ofNullable(options.get("credentials")).map(Path::of),
        Optional.ofNullable(options.get("profile")));
  }

  private static Map<String, String> options(URI uri) {
    Map<String, String> options = new LinkedHashMap<>();
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String one : query.split("&", -1)) {
      if (one.isEmpty()) {
        continue;
      }
      int equals = one.indexOf('=');
      String name = equals < 0 ? one : one.substring(0, equals);
      if (equals < 0 || !OPTIONS.contains(name)) {
        throw new InvalidRecordException(
            "After the '?' of a store stand endpoint=, region=, credentials= and profile=.");
      }
      options.put(name, URLDecoder.decode(one.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return options;
  }

  private static URI endpoint(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw noEndpoint();
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw noEndpoint();
    }
    return uri;
  }

  private static InvalidRecordException noEndpoint() {
    return new InvalidRecordException("The endpoint of a store is http://HOST:PORT or https://….");
  }

  /** Opens it. The classes of object stores are loaded only here, for who has one. */
  default RecordingStore open() throws IOException {
    return switch (this) {
      case Directory(Path path) -> DirectoryStore.open(path);
      case Bucket bucket -> BucketStore.open(bucket);
    };
  }
}
