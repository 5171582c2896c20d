//! Settlement files of several countries and years, as they should be read. All are invented.
