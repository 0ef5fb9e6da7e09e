// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel: beginning anew, several threads, running.
// Part of pynn_nest.cpp.

#pragma once

#include "nodes.h"
#include "recording.h"

namespace
{

/**
 * Updates the nodes of a thread in NEST's stead. An exception that leaves one of several threads would let the others wait
 * for it for ever: this keeps it until all are done. There is one a thread; NEST sees the nodes as frozen.
 */
class Driver : public nest::DeviceNode
{
public:
  bool
  has_proxies() const override
  {
    return false;
  }
  bool
  local_receiver() const override
  {
    return true;
  }
  void pre_run_hook() override {}
  void get_status( Dictionary& ) const override {}
  void set_status( const Dictionary& ) override {}

  void
  update( const nest::Time& origin, const long from, const long to ) override
  {
    std::exception_ptr& failure = failures[ get_thread() ];
    if ( failure )
    {
      return;
    }
    try
    {
      for ( nest::Node* node : driven[ get_thread() ] )
      {
        node->update( origin, from, to );
      }
    }
    catch ( ... )
    {
      failure = std::current_exception();
    }
  }

private:
  void init_buffers_() override {}
};

const char* const DRIVER = "pynn_driver";
/** Takes the update of all nodes over from NEST, or gives it back. */
void
freeze( bool frozen )
{
  Dictionary status;
  status[ "frozen" ] = frozen;
  for ( const auto& of_thread : driven )
  {
    for ( const nest::Node* node : of_thread )
    {
      nest::set_node_status( node->get_node_id(), status );
    }
  }
}

/** Makes the drivers of all nodes made so far. */
void
make_drivers( size_t threads )
{
  nest::kernel().model_manager.register_node_model< Driver >( DRIVER );
  nest::create( DRIVER, 1 );
  driven.assign( threads, {} );
  failures.assign( threads, nullptr );
  for ( nest::Node* node : nodes )
  {
    if ( node )
    {
      driven[ node->get_thread() ].push_back( node );
    }
  }
}

}  // namespace

extern "C" {

const char*
pynn_nest_error()
{
  return error_text.c_str();
}

int
pynn_nest_init()
{
  return guarded( [] {
    static char name[] = "pynn";
    static char* arguments[] = { name, nullptr };
    int count = 1;
    char** vector = arguments;
    HiddenLauncher hidden;
    nest::init_nest( &count, &vector );
  } );
}

/** Begins anew: an empty kernel. `tics` is the number of tics in a ms, or 0 for NEST's default. */
int
pynn_nest_begin( double resolution, double tics, int64_t threads, int64_t seed )
{
  return guarded( [ = ] {
    // OpenMP keeps the number of threads by calling thread, and this one may be another than the last time.
    auto& threads_of_nest = nest::kernel().vp_manager;
    threads_of_nest.set_num_threads( threads_of_nest.get_num_threads() );
    {
      HiddenLauncher hidden;
      nest::reset_kernel();
    }
    nodes.clear();
    multimeters.clear();
    driven.clear();
    failures.clear();
    spikes.assign( threads, {} );
    samples.assign( threads, {} );
    if ( not nest::kernel().io_manager.is_valid_recording_backend( BRIDGE ) )
    {
      nest::kernel().io_manager.register_recording_backend< Bridge >( BRIDGE );
    }
    Dictionary status;
    status[ "verbosity" ] = nest::VerbosityLevel::QUIET;
    status[ "local_num_threads" ] = static_cast< long >( threads );
    nest::set_kernel_status( status );
    Dictionary time;
    time[ "resolution" ] = resolution;
    if ( tics > 0 )
    {
      time[ "tics_per_ms" ] = tics;
    }
    nest::set_kernel_status( time );
    Dictionary more;
    more[ "rng_seed" ] = static_cast< long >( seed );
    nest::set_kernel_status( more );
  } );
}

/** The shortest and the longest delay, in steps. */
int
pynn_nest_delays( int64_t shortest, int64_t longest )
{
  return guarded( [ = ] {
    // NEST rounds the shortest down and the longest up, and takes 0.7 ms for 6 steps and a bit of 0.1 ms.
    const double step = nest::Time::get_resolution().get_ms();
    Dictionary dict;
    dict[ "min_delay" ] = ( shortest + 0.25 ) * step;
    dict[ "max_delay" ] = ( longest - 0.25 ) * step;
    nest::set_kernel_status( dict );
  } );
}

int
pynn_nest_prepare()
{
  return guarded( [] {
    const size_t threads = spikes.size();
    if ( threads > 1 and driven.empty() )
    {
      make_drivers( threads );
    }
    // NEST does not prepare frozen nodes.
    freeze( false );
    table.ports.resize( table.receptors.size() );
    for ( uint64_t k = 0; k < table.ports.size(); ++k )
    {
      table.ports[ k ] = port_of( *nodes.at( table.targets[ k ] ), table.receptors[ k ] );
    }
    nest::prepare();
    freeze( true );
  } );
}

int
pynn_nest_cleanup()
{
  return guarded( [] { nest::cleanup(); } );
}

int
pynn_nest_run( int64_t steps )
{
  return guarded( [ = ] {
    nest::kernel().simulation_manager.run( nest::Time::step( steps ) );
    for ( const std::exception_ptr& failure : failures )
    {
      if ( failure )
      {
        std::rethrow_exception( failure );
      }
    }
  } );
}

}  // extern "C"
