package dev.holdfast.auth;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A bucket of whatever speaks S3, Google Cloud Storage among it. Thread-safe. */
final class S3Bucket implements BucketStore.Bucket {
  /** Objects of one listing; a recording has fewer parts. */
  static final int MOST_LISTED = 2 * RecordingStore.MOST_PARTS;

  private static final int NO_SUCH_THING = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int UNSATISFIABLE = 416;

  private final S3Client client;
  private final StoreUrl.Bucket url;

  /** Whether the store does not know conditions, though it speaks S3; then we ask first. */
  private volatile boolean asksFirst;

  S3Bucket(S3Client client, StoreUrl.Bucket url) {
    this.client = client;
    this.url = url;
  }

  static S3Bucket open(StoreUrl.Bucket url) throws IOException {
    return new S3Bucket(S3Clients.client(url), url);
  }

  @Override
  public boolean putNew(String name, byte[] bytes) throws IOException {
    if (asksFirst && get(name).isPresent()) {
      return false;
    }
    try {
      client.putObject(asksFirst ? plain(name) : onlyNew(name), RequestBody.fromBytes(bytes));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == PRECONDITION_FAILED || e.statusCode() == CONFLICT) {
        return false;
      }
      if (e.statusCode() == NOT_IMPLEMENTED && !asksFirst) {
        asksFirst = true;
        return putNew(name, bytes);
      }
      throw failed(e);
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  private PutObjectRequest plain(String name) {
    return PutObjectRequest.builder().bucket(url.bucket()).key(name).build();
  }

  private PutObjectRequest onlyNew(String name) {
    PutObjectRequest.Builder put = PutObjectRequest.builder().bucket(url.bucket()).key(name);
    return url.google()
        ? put.overrideConfiguration(it -> it.putHeader("x-goog-if-generation-match", "0")).build()
        : put.ifNoneMatch("*").build();
  }

  @Override
  public void put(String name, byte[] bytes) throws IOException {
    asking(() -> client.putObject(plain(name), RequestBody.fromBytes(bytes)));
  }

  @Override
  public Optional<byte[]> get(String name) throws IOException {
    return read(GetObjectRequest.builder().bucket(url.bucket()).key(name).build())
        .map(ResponseBytes::asByteArray);
  }

  @Override
  public Optional<byte[]> get(String name, long from, long bytes, String version)
      throws IOException {
    if (bytes == 0) {
      return Optional.of(new byte[0]);
    }
    return read(range(name, from, bytes).ifMatch(version).build()).map(ResponseBytes::asByteArray);
  }

  @Override
  public Optional<Versioned> beginning(String name, int most) throws IOException {
    return read(range(name, 0, most).build())
        .map(read -> new Versioned(read.asByteArray(), read.response().eTag()));
  }

  private GetObjectRequest.Builder range(String name, long from, long bytes) {
    return GetObjectRequest.builder()
        .bucket(url.bucket())
        .key(name)
        .range("bytes=%d-%d".formatted(from, from + bytes - 1));
  }

  private Optional<ResponseBytes<GetObjectResponse>> read(GetObjectRequest request)
      throws IOException {
    try {
      return Optional.of(client.getObjectAsBytes(request));
    } catch (S3Exception e) {
      boolean absent = e.statusCode() == NO_SUCH_THING && !isNoBucket(e);
      if (absent || e.statusCode() == PRECONDITION_FAILED || e.statusCode() == UNSATISFIABLE) {
        return Optional.empty();
      }
      throw failed(e);
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  @Override
  public List<Listed> list(String start) throws IOException {
    List<Listed> all = new ArrayList<>();
    for (ListObjectsV2Response page : pages(start, null)) {
      page.contents().forEach(it -> all.add(new Listed(it.key(), it.size())));
    }
    return all;
  }

  @Override
  public List<String> below(String start) throws IOException {
    List<String> all = new ArrayList<>();
    for (ListObjectsV2Response page : pages(start, "/")) {
      page.commonPrefixes().stream().map(CommonPrefix::prefix).forEach(all::add);
      page.contents().forEach(it -> all.add(it.key()));
    }
    return all;
  }

  private List<ListObjectsV2Response> pages(String start, @Nullable String delimiter)
      throws IOException {
    List<ListObjectsV2Response> pages = new ArrayList<>();
    int listed = 0;
    String next = null;
    do {
      String from = next;
      ListObjectsV2Response page =
          asking(() ->
              client.listObjectsV2(it ->
                  it.bucket(url.bucket())
                      .prefix(start)
                      .delimiter(delimiter)
                      .continuationToken(from)));
      pages.add(page);
      listed += page.contents().size() + page.commonPrefixes().size();
      if (listed > MOST_LISTED) {
        throw new IOException("There is more under %s than is listed.".formatted(place()));
      }
      next = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (next != null);
    return pages;
  }

  @Override
  public void delete(String name) throws IOException {
    asking(() -> client.deleteObject(it -> it.bucket(url.bucket()).key(name)));
  }

  @Override
  public Multipart multipart(String name) throws IOException {
    String id =
        asking(
            () -> client.createMultipartUpload(it -> it.bucket(url.bucket()).key(name)).uploadId());
    return new Uploading(name, id);
  }

  @Override
  public void abortAll(String name) throws IOException {
    asking(() -> {
      client.listMultipartUploads(it -> it.bucket(url.bucket()).prefix(name)).uploads().stream()
          .filter(it -> it.key().equals(name))
          .forEach(it -> abort(name, it.uploadId()));
      return true;
    });
  }

  private void abort(String name, String id) {
    client.abortMultipartUpload(it -> it.bucket(url.bucket()).key(name).uploadId(id));
  }

  /** An upload in parts. Confined to one thread. */
  private final class Uploading implements Multipart {
    private final String name;
    private final String id;
    private final List<CompletedPart> parts = new ArrayList<>();

    Uploading(String name, String id) {
      this.name = name;
      this.id = id;
    }

    @Override
    public void put(byte[] part) throws IOException {
      int number = parts.size() + 1;
      String tag =
          asking(() ->
              client
                  .uploadPart(
                      it ->
                          it.bucket(url.bucket())
                              .key(name)
                              .uploadId(id)
                              .partNumber(number)
                              .overrideConfiguration(S3Clients::inNoHurry),
                      RequestBody.fromBytes(part))
                  .eTag());
      parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    }

    @Override
    public void complete() throws IOException {
      asking(() ->
          client.completeMultipartUpload(it ->
              it.bucket(url.bucket())
                  .key(name)
                  .uploadId(id)
                  .multipartUpload(all -> all.parts(parts))
                  .overrideConfiguration(S3Clients::inNoHurry)));
    }

    @Override
    public void abort() throws IOException {
      asking(() -> {
        S3Bucket.this.abort(name, id);
        return true;
      });
    }
  }

  // ---- what the world does ----

  /** One question to the store. */
  @FunctionalInterface
  private interface Question<T> {
    T ask();
  }

  private <T> T asking(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  /** A sentence for what the store said; never its own words, in which there may be anything. */
  private IOException failed(SdkException e) {
    String sentence =
        switch (e) {
          case S3Exception it when isNoBucket(it) ->
              "There is no bucket " + url.bucket() + "; make it, or correct the URL of the store.";
          case S3Exception it when it.statusCode() == 401 || it.statusCode() == 403 ->
              "%s refuses the auth service's credentials; check them and their rights there.";
          case S3Exception it when it.statusCode() >= 500 || it.statusCode() == 429 ->
              "%s does not take anything now (status " + it.statusCode() + "); try again later.";
          case S3Exception it ->
              "%s refused a request of the auth service (status " + it.statusCode() + ").";
          case ApiCallTimeoutException it ->
              "%s was too slow: it did not answer within "
                  + S3Clients.PATIENCE.toSeconds()
                  + " s; try again later.";
          default -> "%s can't be reached; check the network and the credentials' place.";
        };
    return new IOException(sentence.formatted(place()), e);
  }

  private static boolean isNoBucket(S3Exception e) {
    return e.awsErrorDetails() != null && "NoSuchBucket".equals(e.awsErrorDetails().errorCode());
  }

  @Override
  public String place() {
    return url.place();
  }

  @Override
  public void close() {
    client.close();
  }
}
