// SPDX-License-Identifier: GPL-2.0-or-later
//
// Spikes and samples that leave.
// Part of pynn_nest.cpp.

#pragma once

#include "kernel.h"

namespace
{

/** Keeps what devices record until it is fetched. */
class Bridge : public nest::RecordingBackend
{
public:
  void initialize() override {}
  void finalize() override {}
  void enroll( const nest::RecordingDevice&, const Dictionary& ) override {}
  void disenroll( const nest::RecordingDevice& ) override {}
  void set_value_names( const nest::RecordingDevice&,
    const std::vector< std::string >&,
    const std::vector< std::string >& ) override
  {
  }
  void prepare() override {}
  void cleanup() override {}
  void pre_run_hook() override {}
  void post_run_hook() override {}
  void post_step_hook() override {}
  void set_status( const Dictionary& ) override {}
  void get_status( Dictionary& ) const override {}
  void check_device_status( const Dictionary& ) const override {}
  void get_device_defaults( Dictionary& ) const override {}
  void get_device_status( const nest::RecordingDevice&, Dictionary& ) const override {}

  void
  write( const nest::RecordingDevice& device,
    const nest::Event& event,
    const std::vector< double >& values,
    const std::vector< long >& ) override
  {
    // Not omp_get_thread_num: this library has no OpenMP of its own.
    const size_t thread = device.get_thread();
    const int64_t step = event.get_stamp().get_steps();
    if ( device.get_type() == nest::RecordingDevice::SPIKE_RECORDER )
    {
      spikes[ thread ].push_back( { step, event.get_sender_node_id() } );
      return;
    }
    const uint32_t id = static_cast< uint32_t >( device.get_node_id() );
    for ( const double value : values )
    {
      samples[ thread ].push_back( { step, id, static_cast< uint32_t >( event.get_sender_node_id() ), value } );
    }
  }
};

const char* const BRIDGE = "pynn";

/** Gives access to the number of the current slice, which selects the half of the data loggers' buffers that is read. */
template < long nest::SimulationManager::* Member >
struct SliceAccess
{
  friend long&
  slice_of( nest::SimulationManager& manager )
  {
    return manager.*Member;
  }
};
long& slice_of( nest::SimulationManager& );
// An explicit instantiation may name private members.
template struct SliceAccess< &nest::SimulationManager::slice_ >;

void
ask_multimeters()
{
  for ( const long id : multimeters )
  {
    for ( nest::Node* device : nest::kernel().node_manager.get_thread_siblings( id ) )
    {
      // Any time but 0: multimeters ask for nothing in the first slice.
      device->update( nest::Time::step( 1 ), 0, 1 );
    }
  }
}

}  // namespace

extern "C" {

/** Takes spikes of all nodes made so far. */
int
pynn_nest_record_spikes( uint64_t n, const int64_t* cells, double delay )
{
  return guarded( [ = ] {
    const long device = ( *nest::create( "spike_recorder", 1 ) )[ 0 ];
    Dictionary dict;
    dict[ "record_to" ] = std::string( BRIDGE );
    nest::set_node_status( device, dict );
    const std::vector< long > devices( n, device );
    const std::vector< double > weights( n, 1. ), delays( n, delay );
    nest::connect_arrays( reinterpret_cast< const long* >( cells ),
      devices.data(),
      weights.data(),
      delays.data(),
      {},
      nullptr,
      n,
      "static_synapse" );
  } );
}

/** Samples `variable` of consecutive nodes every `interval` ms. */
int
pynn_nest_sample( uint64_t first, uint64_t count, const char* variable, double interval, double delay, uint64_t* id )
{
  return guarded( [ = ] {
    const long device = ( *nest::create( "multimeter", 1 ) )[ 0 ];
    Dictionary dict;
    dict[ "record_to" ] = std::string( BRIDGE );
    dict[ "interval" ] = interval;
    dict[ "record_from" ] = std::vector< std::string >( 1, variable );
    nest::set_node_status( device, dict );
    const std::vector< long > devices( count, device );
    std::vector< long > cells( count );
    for ( uint64_t i = 0; i < count; ++i )
    {
      cells[ i ] = first + i;
    }
    const std::vector< double > weights( count, 1. ), delays( count, delay );
    nest::connect_arrays(
      devices.data(), cells.data(), weights.data(), delays.data(), {}, nullptr, count, "static_synapse" );
    multimeters.push_back( device );
    *id = device;
  } );
}

const SpikeRecord*
pynn_nest_spikes( uint64_t thread, uint64_t* n )
{
  *n = spikes[ thread ].size();
  return spikes[ thread ].data();
}

void
pynn_nest_clear_spikes()
{
  for ( auto& of_thread : spikes )
  {
    of_thread.clear();
  }
}

/** Brings in the samples of the slice that is under way: by itself NEST hands them out a slice later. */
int
pynn_nest_collect()
{
  return guarded( [] {
    ask_multimeters();
    long& slice = slice_of( nest::kernel().simulation_manager );
    ++slice;
    try
    {
      ask_multimeters();
    }
    catch ( ... )
    {
      --slice;
      throw;
    }
    --slice;
  } );
}

const SampleRecord*
pynn_nest_samples( uint64_t thread, uint64_t* n )
{
  *n = samples[ thread ].size();
  return samples[ thread ].data();
}

void
pynn_nest_clear_samples()
{
  for ( auto& of_thread : samples )
  {
    of_thread.clear();
  }
}

}  // extern "C"
