//! What leaves a run of pynn: CSV files, raster, trace and rate pictures.
