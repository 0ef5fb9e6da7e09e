// SPDX-License-Identifier: GPL-2.0-or-later
//
// A C face of the NEST kernel for pynn. This file includes NEST's headers, so it comes under NEST's licence, unlike the
// rest of pynn. It is compiled on the user's machine, against the user's NEST, when NEST is used for the first time.
//
// Functions return 0, or 1 with the reason in pynn_nest_error(). Node numbers are NEST's node ids.

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <map>
#include <limits>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "connection_manager.h"
#include "device_node.h"
#include "event.h"
#include "event_delivery_manager.h"
#include "io_manager_impl.h"
#include "kernel_manager.h"
#include "nest.h"
#include "nest_impl.h"
#include "node.h"
#include "recording_backend.h"
#include "recording_device.h"
#include "simulation_manager.h"

/** Parameters of nodes: for each parameter, for each node, `lengths` values. */
struct Settings
{
  uint64_t count;
  const char* const* keys;
  const uint8_t* kinds;
  const uint64_t* lengths;
  const double* values;
};

namespace
{

struct SpikeRecord
{
  int64_t step;
  uint64_t node;
};

struct SampleRecord
{
  int64_t step;
  uint32_t device;
  uint32_t node;
  double value;
};

/** Connections from cells of other kernels and from spike sources, by source. */
struct Table
{
  std::vector< uint64_t > starts;
  std::vector< uint32_t > targets;
  std::vector< double > weights;
  std::vector< uint32_t > delays;
  /** NEST's receptors, and what their nodes call them; empty if all are 0. */
  std::vector< uint32_t > receptors;
  std::vector< uint32_t > ports;
  /** All targets are below this. */
  uint64_t nodes = 0;
};

std::string error_text;
std::string description;
std::vector< std::vector< SpikeRecord > > spikes;
std::vector< std::vector< SampleRecord > > samples;
std::vector< long > multimeters;
std::vector< nest::Node* > nodes;
/** By thread: the nodes that the shim updates itself, and what went wrong. Empty if there is one thread. */
std::vector< std::vector< nest::Node* > > driven;
std::vector< std::exception_ptr > failures;
Table table;

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
const char* const CALCIUM = "tau_Ca";
/** How many events ahead a target is asked into the caches, and how many lines of it: about as many as a neuron has. */
const uint64_t EVENTS_AHEAD = 8;
const int LINES = 12;

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

/** Hides what makes a NEST without MPI leave the process when it runs under mpirun. */
class HiddenLauncher
{
public:
  HiddenLauncher()
  {
    for ( const char* name : { "PMIX_RANK", "PMI_RANK" } )
    {
      if ( const char* value = std::getenv( name ) )
      {
        hidden_.push_back( { name, value } );
        unsetenv( name );
      }
    }
  }
  ~HiddenLauncher()
  {
    for ( const auto& variable : hidden_ )
    {
      setenv( variable.first.c_str(), variable.second.c_str(), 1 );
    }
  }

private:
  std::vector< std::pair< std::string, std::string > > hidden_;
};

template < class Action >
int
guarded( Action action )
{
  try
  {
    action();
    return 0;
  }
  catch ( const std::exception& error )
  {
    error_text = error.what();
  }
  catch ( ... )
  {
    error_text = "an unknown exception";
  }
  if ( error_text.empty() )
  {
    error_text = "an exception without words";
  }
  return 1;
}

/** How NEST has a parameter. */
enum Kind : uint8_t
{
  NUMBER,
  WHOLE,
  FLAG,
  NUMBERS,
  WHOLES
};

any_type
parameter( uint8_t kind, const double* values, uint64_t length )
{
  switch ( kind )
  {
  case WHOLE:
    return static_cast< long >( *values );
  case FLAG:
    return *values != 0;
  case NUMBERS:
    return std::vector< double >( values, values + length );
  case WHOLES:
    return std::vector< long >( values, values + length );
  default:
    return *values;
  }
}

/** How NEST has a parameter, or -1 for what is not set from here. */
int
kind_of( const any_type& value )
{
  return std::holds_alternative< double >( value ) ? NUMBER
    : std::holds_alternative< long >( value )      ? WHOLE
    : std::holds_alternative< bool >( value )      ? FLAG
    : std::holds_alternative< std::vector< double > >( value ) or std::holds_alternative< EmptyList >( value )
    ? NUMBERS
    : std::holds_alternative< std::vector< long > >( value ) ? WHOLES
                                                             : -1;
}

/** What a node calls a receptor for spikes. */
uint32_t
port_of( nest::Node& node, uint32_t receptor )
{
  nest::SpikeEvent event;
  return static_cast< uint32_t >( node.handles_test_event( event, receptor ) );
}

/** The settings of node number `node` of `nodes`. */
Dictionary
dictionary( const Settings& settings, uint64_t node, uint64_t nodes )
{
  Dictionary dict;
  const double* values = settings.values;
  for ( uint64_t k = 0; k < settings.count; ++k )
  {
    const uint64_t length = settings.lengths[ k ];
    dict[ settings.keys[ k ] ] = parameter( settings.kinds[ k ], values + node * length, length );
    values += nodes * length;
  }
  return dict;
}

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

/** Tells of a model: lines "parameter KIND NAME", "recordable NAME", "element NAME". */
int
pynn_nest_describe( const char* model, const char** text )
{
  return guarded( [ = ] {
    description.clear();
    const Dictionary defaults = nest::get_model_defaults( model );
    for ( const auto& [ key, entry ] : *defaults )
    {
      const int kind = kind_of( entry.item );
      if ( kind >= 0 )
      {
        description += "parameter " + std::to_string( kind ) + " " + key + "\n";
      }
      const auto* names = std::get_if< std::vector< std::string > >( &entry.item );
      if ( names and key == "recordables" )
      {
        for ( const std::string& name : *names )
        {
          description += "recordable " + name + "\n";
        }
      }
      const auto* word = std::get_if< std::string >( &entry.item );
      if ( word and key == "element_type" )
      {
        description += "element " + *word + "\n";
      }
    }
    *text = description.c_str();
  } );
}

/** The numbers that consecutive nodes have for `key`; NaN where there is none. */
int
pynn_nest_numbers( uint64_t first, uint64_t count, const char* key, double* values )
{
  return guarded( [ = ] {
    for ( uint64_t i = 0; i < count; ++i )
    {
      const Dictionary status = nest::get_node_status( first + i );
      values[ i ] = status.known( key ) and std::holds_alternative< double >( status.at( key ) )
        ? status.get< double >( key )
        : std::numeric_limits< double >::quiet_NaN();
    }
  } );
}

/** Whether spikes can go to `receptor` of a node: an error if not. */
int
pynn_nest_receives( uint64_t node, uint32_t receptor )
{
  return guarded( [ = ] { port_of( *nodes.at( node ), receptor ); } );
}

/** Makes `alias` a copy of `model` with other defaults. */
int
pynn_nest_copy_model( const char* model, const char* alias, const Settings* defaults )
{
  return guarded( [ = ] {
    Dictionary dict = dictionary( *defaults, 0, 1 );
    // At the end of every run NEST lets the calcium of structural plasticity decay in each node. Nothing here reads it, and
    // an exponential of 0 is quick.
    if ( not dict.known( CALCIUM ) and nest::get_model_defaults( model ).known( CALCIUM ) )
    {
      dict[ CALCIUM ] = 1e300;
    }
    nest::copy_model( model, alias, dict );
  } );
}

/** Creates `count` nodes with consecutive ids from `*first`. */
int
pynn_nest_create( const char* model, uint64_t count, uint64_t* first )
{
  return guarded( [ = ] {
    const auto created = nest::create( model, count );
    *first = ( *created )[ 0 ];
    nodes.resize( *first + count, nullptr );
    for ( uint64_t id = *first; id < *first + count; ++id )
    {
      nodes[ id ] = nest::kernel().node_manager.get_node_or_proxy( id );
    }
  } );
}

/** Sets parameters of consecutive nodes. */
int
pynn_nest_set( uint64_t first, uint64_t count, const Settings* settings )
{
  return guarded( [ = ] {
    for ( uint64_t i = 0; i < count; ++i )
    {
      nest::set_node_status( first + i, dictionary( *settings, i, count ) );
    }
  } );
}

/**
 * Sets the weights of `n` static connections, known by source, target, receptor, delay in steps and the weight before.
 * Those that have all of that in common are the same to the network.
 */
int
pynn_nest_reweigh( uint64_t n,
  const uint64_t* sources,
  const uint64_t* targets,
  const uint32_t* receptors,
  const uint32_t* delays,
  const double* before,
  const double* weights )
{
  return guarded( [ = ] {
    if ( n == 0 )
    {
      return;
    }
    std::map< std::tuple< uint64_t, uint64_t, uint32_t, uint32_t, double >, std::vector< double > > wanted;
    // From the last to the first: they are taken from the end.
    for ( uint64_t i = n; i-- > 0; )
    {
      wanted[ { sources[ i ], targets[ i ], receptors[ i ], delays[ i ], before[ i ] } ].push_back( weights[ i ] );
    }
    uint64_t done = 0;
    auto& connections = nest::kernel().connection_manager;
    for ( const nest::ConnectionID& id : nest::get_connections( Dictionary() ) )
    {
      const uint64_t source = id.get_source_node_id(), target = id.get_target_node_id();
      const auto first = wanted.lower_bound( { source, target, 0, 0, -std::numeric_limits< double >::infinity() } );
      if ( first == wanted.end() or std::get< 0 >( first->first ) != source or std::get< 1 >( first->first ) != target )
      {
        continue;
      }
      const Dictionary status = connections.get_synapse_status(
        source, target, id.get_target_thread(), id.get_synapse_model_id(), id.get_port() );
      const double steps = status.get< double >( "delay" ) / nest::Time::get_resolution().get_ms();
      const auto found = wanted.find( { source,
        target,
        static_cast< uint32_t >( status.get< long >( "receptor" ) ),
        static_cast< uint32_t >( std::lround( steps ) ),
        status.get< double >( "weight" ) } );
      if ( found == wanted.end() or found->second.empty() )
      {
        continue;
      }
      Dictionary weight;
      weight[ "weight" ] = found->second.back();
      found->second.pop_back();
      connections.set_synapse_status(
        source, target, id.get_target_thread(), id.get_synapse_model_id(), id.get_port(), weight );
      ++done;
    }
    if ( done != n )
    {
      throw nest::KernelException( "connections whose weights change are not there" );
    }
  } );
}

/** Connects pairs of nodes; delays in ms. */
int
pynn_nest_connect( uint64_t n,
  const int64_t* sources,
  const int64_t* targets,
  const double* weights,
  const double* delays,
  uint32_t receptor )
{
  static_assert( sizeof( long ) == sizeof( int64_t ), "NEST's node ids are 64 bits wide" );
  return guarded( [ = ] {
    std::vector< std::string > keys;
    std::vector< double > receptors;
    if ( receptor != 0 )
    {
      keys.push_back( "receptor_type" );
      receptors.assign( n, receptor );
    }
    nest::connect_arrays( reinterpret_cast< const long* >( sources ),
      reinterpret_cast< const long* >( targets ),
      weights,
      delays,
      keys,
      receptors.data(),
      n,
      "static_synapse" );
  } );
}

/**
 * Makes Poisson generators, each by rate, start and end, and lets number `which[i]` send to node `first + i`: to each node a
 * train of its own.
 */
int
pynn_nest_generate( uint64_t first, uint64_t count, const uint32_t* which, uint64_t n, const double* generators, double delay )
{
  return guarded( [ = ] {
    const long device = ( *nest::create( "poisson_generator", n ) )[ 0 ];
    for ( uint64_t k = 0; k < n; ++k )
    {
      Dictionary dict;
      dict[ "rate" ] = generators[ 3 * k ];
      dict[ "start" ] = generators[ 3 * k + 1 ];
      dict[ "stop" ] = generators[ 3 * k + 2 ];
      nest::set_node_status( device + k, dict );
    }
    std::vector< long > devices( count ), cells( count );
    for ( uint64_t i = 0; i < count; ++i )
    {
      devices[ i ] = device + which[ i ];
      cells[ i ] = first + i;
    }
    const std::vector< double > weights( count, 1. ), delays( count, delay );
    nest::connect_arrays(
      devices.data(), cells.data(), weights.data(), delays.data(), {}, nullptr, count, "static_synapse" );
  } );
}

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

/**
 * The connections through which pynn_nest_inject acts: those of row i are at starts[i]..starts[i + 1]. `receptors` is null
 * if all are 0.
 */
int
pynn_nest_table( uint64_t rows,
  const uint64_t* starts,
  const uint32_t* targets,
  const double* weights,
  const uint32_t* delays,
  const uint32_t* receptors )
{
  return guarded( [ = ] {
    const uint64_t n = starts[ rows ];
    table.starts.assign( starts, starts + rows + 1 );
    table.targets.assign( targets, targets + n );
    table.weights.assign( weights, weights + n );
    table.delays.assign( delays, delays + n );
    table.receptors.assign( receptors, receptors ? receptors + n : receptors );
    table.ports.clear();
    table.nodes = 0;
    for ( const uint32_t target : table.targets )
    {
      table.nodes = std::max< uint64_t >( table.nodes, target + 1 );
    }
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

/**
 * Lets the sources of `rows` fire in `steps`, which may lie in the past. `now` is the number of steps done. Returns 2, and
 * the index of the spike in `*late`, if a spike should have acted by now.
 */
int
pynn_nest_inject( uint64_t n, const uint32_t* rows, const int64_t* steps, int64_t now, uint64_t* events, uint64_t* late )
{
  bool is_late = false;
  const int failed = guarded( [ &, n, rows, steps, now ] {
    if ( table.nodes > nodes.size() )
    {
      throw nest::KernelException( "a connection from elsewhere ends on a node that there is not" );
    }
    const auto& connections = nest::kernel().connection_manager;
    const int64_t horizon = nest::kernel().simulation_manager.get_slice_origin().get_steps()
      + connections.get_min_delay() + connections.get_max_delay();
    for ( uint64_t i = 0; i < n; ++i )
    {
      nest::SpikeEvent event;
      event.set_stamp( nest::Time::step( steps[ i ] ) );
      const uint64_t end = table.starts[ rows[ i ] + 1 ];
      for ( uint64_t k = table.starts[ rows[ i ] ]; k < end; ++k )
      {
        if ( steps[ i ] + table.delays[ k ] <= now )
        {
          is_late = true;
          *late = i;
          return;
        }
        if ( steps[ i ] + table.delays[ k ] > horizon )
        {
          throw nest::KernelException( "a spike lies further ahead than the longest delay" );
        }
        if ( k + EVENTS_AHEAD < end )
        {
          const char* ahead = reinterpret_cast< const char* >( nodes[ table.targets[ k + EVENTS_AHEAD ] ] );
          for ( int line = 0; line < LINES; ++line )
          {
            __builtin_prefetch( ahead + 64 * line );
          }
        }
        nest::Node* target = nodes[ table.targets[ k ] ];
        event.set_receiver( *target );
        event.set_rport( table.ports.empty() ? 0 : table.ports[ k ] );
        event.set_weight( table.weights[ k ] );
        event.set_delay_steps( table.delays[ k ] );
        target->handle( event );
      }
      *events += end - table.starts[ rows[ i ] ];
    }
  } );
  return is_late ? 2 : failed;
}

/** Lets weights arrive at nodes, by receptor, at the end of step `due`, which is not yet done. */
int
pynn_nest_arrive( uint64_t n, const uint32_t* targets, const uint32_t* ports, const double* weights, int64_t due )
{
  return guarded( [ = ] {
    nest::SpikeEvent event;
    event.set_stamp( nest::Time::step( due - 1 ) );
    event.set_delay_steps( 1 );
    for ( uint64_t i = 0; i < n; ++i )
    {
      if ( targets[ i ] >= nodes.size() )
      {
        throw nest::KernelException( "a weight for a node that there is not" );
      }
      nest::Node* target = nodes[ targets[ i ] ];
      event.set_receiver( *target );
      event.set_rport( ports[ i ] );
      event.set_weight( weights[ i ] );
      target->handle( event );
    }
  } );
}

/** Injects currents, in pA, into nodes during steps: all of them two or more after the last step that was done. */
int
pynn_nest_play( uint64_t n, const uint32_t* steps, const uint32_t* targets, const double* currents )
{
  return guarded( [ = ] {
    const auto& connections = nest::kernel().connection_manager;
    const int64_t horizon = nest::kernel().simulation_manager.get_slice_origin().get_steps()
      + connections.get_min_delay() + connections.get_max_delay();
    for ( uint64_t i = 0; i < n; ++i )
    {
      if ( targets[ i ] >= nodes.size() or steps[ i ] < 2 or steps[ i ] - 1 > horizon )
      {
        throw nest::KernelException( "a current for a node that there is not, or outside the input buffers" );
      }
      // Read at the end of the step before: due there.
      nest::CurrentEvent event;
      event.set_stamp( nest::Time::step( static_cast< long >( steps[ i ] ) - 2 ) );
      event.set_delay_steps( 1 );
      event.set_rport( 0 );
      event.set_weight( 1. );
      event.set_current( currents[ i ] );
      nest::Node* target = nodes[ targets[ i ] ];
      event.set_receiver( *target );
      target->handle( event );
    }
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
