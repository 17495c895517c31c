package dev.holdfast.cli;

import dev.holdfast.auth.ApiClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Mixin;

/** The frame of a command of {@code holdfast admin} that lists something. */
abstract class AdminList<T extends Record> extends AdminCall {
  @Mixin private Listing listing;

  /** All that there is. */
  abstract List<T> all(ApiClient api) throws IOException;

  /** The columns of the list. */
  abstract List<String> titles();

  /** One of them; the first word is its name. */
  abstract List<String> row(T one);

  @Override
  final void call(ApiClient api) throws IOException {
    listing.print(out(), all(api), titles(), this::row);
  }
}
