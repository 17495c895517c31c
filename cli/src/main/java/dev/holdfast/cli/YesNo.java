package dev.holdfast.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads yes or no, as sshd_config(5) writes them, or true and false, as YAML does. */
final class YesNo implements ITypeConverter<Boolean> {
  @Override
  public Boolean convert(String text) {
    return switch (text) {
      case "yes", "true" -> true;
      case "no", "false" -> false;
      default -> throw new TypeConversionException("'" + text + "' is neither yes nor no");
    };
  }
}
