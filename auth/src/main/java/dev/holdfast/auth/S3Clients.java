package dev.holdfast.auth;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/**
 * How object stores are talked to, so that those that only speak like Amazon's understand: no
 * checksums but where they are asked for, no chunked signatures, no "Expect: 100-continue", buckets
 * in the path.
 */
final class S3Clients {
  /** How long an answer may take, all attempts together; less than a caller of the API waits. */
  static final Duration PATIENCE = Duration.ofSeconds(25);

  /** How long one may take for the big parts of what is put together, which nobody waits for. */
  private static final Duration NO_HURRY = Duration.ofMinutes(10);

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final URI GOOGLE = URI.create("https://storage.googleapis.com");

  private S3Clients() {}

  static S3Client client(StoreUrl.Bucket url) throws IOException {
    S3ClientBuilder builder =
        S3Client.builder()
            .credentialsProvider(credentials(url))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(
                S3Configuration.builder()
                    .chunkedEncodingEnabled(false)
                    .expectContinueEnabled(false)
                    .build())
            .overrideConfiguration(
                it -> it.apiCallTimeout(PATIENCE).retryStrategy(RetryMode.STANDARD));
    Optional<URI> endpoint =
        url.endpoint().or(() -> url.google() ? Optional.of(GOOGLE) : Optional.empty());
    endpoint.ifPresent(it -> builder.endpointOverride(it).forcePathStyle(true));
    // Without a name: as the environment or the profile says.
    url.region()
        .or(() -> endpoint.map(it -> url.google() ? "auto" : "us-east-1"))
        .ifPresent(it -> builder.region(Region.of(it)));
    try {
      return builder.build();
    } catch (RuntimeException e) {
      throw new IOException(
          "%s can't be used: say its region with ?region=NAME.".formatted(url.place()), e);
    }
  }

  static void inNoHurry(AwsRequestOverrideConfiguration.Builder request) {
    request.apiCallTimeout(NO_HURRY);
  }

  private static AwsCredentialsProvider credentials(StoreUrl.Bucket url) throws IOException {
    if (url.credentials().isEmpty()) {
      DefaultCredentialsProvider.Builder usual = DefaultCredentialsProvider.builder();
      url.profile().ifPresent(usual::profileName);
      return usual.build();
    }
    Path file = url.credentials().get();
    if (!Files.isReadable(file)) {
      throw new IOException("The file of credentials %s can't be read.".formatted(file));
    }
    if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
      throw new IOException(
          "Everybody may read the credentials in %s: chmod 600 %s".formatted(file, file));
    }
    return ProfileCredentialsProvider.builder()
        .profileFile(ProfileFile.builder().content(file).type(ProfileFile.Type.CREDENTIALS).build())
        .profileName(url.profile().orElse("default"))
        .build();
  }
}
